// Which modules a text imports, told without parsing it: for texts that have no trigger word.

/** White space, comments, directives. */
const between = /(?:\s|;|\/\/[^\n]*|\/\*[^]*?\*\/|(?:'use \w+'|"use \w+"))*/y;
const statement = /(?:import|export)\b[^'"`;=()]*['"]([^'"\n]+)['"](?:\s*with\s*\{[^}]*\})?/y;

/** The specifiers of the imports and re-exports with which a text begins, up to the first other statement. */
export function importedAtTop(text: string): readonly string[] {
  const found: string[] = [];
  for (let from = text.startsWith('#!') ? text.indexOf('\n') : 0; from >= 0; from = statement.lastIndex) {
    between.lastIndex = from;
    between.test(text);
    statement.lastIndex = between.lastIndex;
    const specifier = statement.exec(text)?.[1];
    if (specifier === undefined) return found;
    found.push(specifier);
  }
  return found;
}
