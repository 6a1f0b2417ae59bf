// What every component of this app shares: one object per place on the page, told of each new run of the script.

/**
 * The function that Streamlit calls on mounting and on every change of the data.
 * @param {(parent: ParentNode) => {root: Element, show(data: object): void, dispose(): void}} make
 */
export function component(make) {
  const made = new WeakMap();
  return ({ data, parentElement, setTriggerValue }) => {
    if (!made.has(parentElement)) made.set(parentElement, make(parentElement));
    const one = made.get(parentElement);
    one.tell = setTriggerValue;
    one.show(data);
    // Streamlit also calls this when a newer run overtakes one that is still loading: then the object lives on.
    return () => setTimeout(() => one.root.isConnected || one.dispose());
  };
}
