import Bowser from "bowser";

/** "Firefox, Windows" of what a browser says of itself; null where nothing in it is known. */
export function deviceOf(userAgent: string | null): string | null {
  if (userAgent === null || userAgent === "") return null;
  const { browser, os } = Bowser.parse(userAgent);
  const parts = [browser.name, os.name].filter((part) => part !== undefined && part !== "");
  return parts.length === 0 ? null : parts.join(", ");
}
