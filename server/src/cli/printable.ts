// What comes out of a stranger's repository and goes to a terminal: names, messages, code.

/** Characters that a terminal obeys instead of showing them, and those that turn the direction of a text; tabs and new lines stay. */
const obeyed = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

/** The text with such characters spelled out. */
export function printable(text: string): string {
  return text.replace(obeyed, spelled);
}

/** The same of a name or a sentence, which has a line of its own: whoever could begin another one would say what we never said. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', spelled);
}

function spelled(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
