/** The candidate's page: check, call, and whichever way it ends. Wires the modules; each step has its own. */

import { createMedia } from './call/media.js';
import { enterCall } from './candidate/call-room.js';
import { cameraMemory } from './candidate/camera-memory.js';
import { deliverLeftovers, sayGoodbye } from './candidate/goodbye.js';
import { element, pageData, part, say, showStep } from './candidate/page.js';
import { startPrecheck } from './precheck.js';
import { pageIdentity } from './socket.js';

const data = pageData();
const identity = pageIdentity();
// Set while this tab is in the call: a reload goes straight back into it.
const JOINED = `proctor.joined.${data.session}`;

let mediaChanged = () => {};
const media = createMedia({ onchange: () => mediaChanged() });

for (const button of document.querySelectorAll('[data-rejoin]')) {
  button.addEventListener('click', () => {
    sessionStorage.setItem(JOINED, 'yes');
    location.reload();
  });
}
if (data.status === 'ended') {
  sessionStorage.removeItem(JOINED);
  showStep('ended');
  void deliverLeftovers(data, identity);
} else if (sessionStorage.getItem(JOINED)) {
  void rejoin();
} else {
  check();
}

function check() {
  showStep('check');
  const precheck = startPrecheck({
    data,
    media,
    onjoin: () => {
      precheck.stop();
      void join();
    },
  });
  mediaChanged = precheck.mediaChanged;
}

/** After a reload; when the browser does not give the devices again, the check says what to do. */
async function rejoin() {
  await media.open({ camera: cameraMemory(data.session).recall()?.device });
  if (media.track('video') || media.track('audio')) await join();
  else check();
}

async function join() {
  sessionStorage.setItem(JOINED, 'yes');
  showStep('call');
  const room = await enterCall({ data, identity, media, ondone: leave });
  mediaChanged = room.mediaChanged;
  mediaChanged();
}

/** @type {Parameters<typeof enterCall>[0]['ondone']} */
function leave({ reason, refusal }, link, outbox) {
  mediaChanged = () => {};
  // Whoever was replaced may come back with one click; everybody else is out.
  sessionStorage.removeItem(JOINED);
  if (refusal?.code === 'consent_required') return location.reload();
  if (refusal) say(part(element('step-refused'), 'message'), refusal.message);
  showStep(reason);
  if (reason === 'ended') void sayGoodbye(link, outbox);
}
