// Keys as they are written for people: "g c" one after the other, "mod+k" together, "/" alone.

export type KeyPress = { key: string; command: boolean; alt: boolean };

/** Whether a press completes a shortcut, begins it, or has nothing to do with it. */
export function matchKeys(
  keys: string,
  before: KeyPress | null,
  press: KeyPress,
): "yes" | "begun" | "no" {
  const [first = "", second] = keys.split(" ");
  if (second === undefined) {
    return before === null && matchOne(first, press) ? "yes" : "no";
  }
  if (before && matchOne(first, before)) {
    return matchOne(second, press) ? "yes" : "no";
  }
  return before === null && matchOne(first, press) ? "begun" : "no";
}

function matchOne(written: string, press: KeyPress): boolean {
  if (written.startsWith("mod+")) {
    return press.command && press.key.toLowerCase() === written.slice(4);
  }
  return !press.command && press.key === written;
}

/** "Ctrl K", "g then c": for the overview and the palette. */
export function keysInWords(keys: string, mac: boolean): string[] {
  return keys.split(" ").flatMap((part, index) => {
    const shown = part.startsWith("mod+")
      ? `${mac ? "Cmd" : "Ctrl"}+${part.slice(4).toUpperCase()}`
      : part;
    return index === 0 ? [shown] : ["then", shown];
  });
}

export const IS_MAC = navigator.userAgent.includes("Mac");
