// Long work in slices, so that the browser's tab goes on answering: shows how far it is and can be called off.

const SLICE = 12; // ms of work before the tab gets its turn
const PATIENCE = 150; // ms before anything is said about it

/**
 * Run a generator that yields its progress, from 0 to 1, to its end.
 * @returns {Promise<any>} what it returns; undefined where `signal` called it off
 */
export async function inSlices(work, { signal, progress }) {
  const start = performance.now();
  let until = start + SLICE;
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value;
    const now = performance.now();
    if (now < until) continue;
    if (now - start > PATIENCE) progress(step.value);
    await turn();
    if (signal.aborted) return undefined;
    until = performance.now() + SLICE;
  }
}

/** The browser paints and handles what waits. A message comes back sooner than a timer, which waits 4 ms. */
function turn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
