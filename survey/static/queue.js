// What is sent from a page while it is used: on a network the later of two requests may be the first to arrive.

/** A queue: each act begins when the one before it has ended, whatever came of that; says how its own ended. */
export function queue() {
  let last = Promise.resolve();
  return (act) => {
    const mine = last.then(act);
    last = mine.catch(() => {});
    return mine;
  };
}
