/** What is not as it should be in results given as JSON on standard input; nothing where all is. For tests that play clips themselves. */

import { readFileSync } from 'node:fs';
import { faults, NO_FAULTS } from './tables.js';

const text = faults(JSON.parse(readFileSync(0, 'utf8')));
if (text !== NO_FAULTS) console.log(text);
