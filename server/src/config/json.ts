// How deep a stranger's JSON goes. Its parser and those who read the outcome call themselves once for each level.
import { createScanner, parse, SyntaxKind } from 'jsonc-parser';

/** Nobody writes more levels than these. */
const deepest = 100;

/** Whether a text is nested too deeply to be read; then it says nothing. */
export function isTooDeep(text: string): boolean {
  if ((text.match(/[[{]/g)?.length ?? 0) <= deepest) return false;
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let token = scanner.scan(); token !== SyntaxKind.EOF && depth <= deepest; token = scanner.scan()) {
    if (token === SyntaxKind.OpenBraceToken || token === SyntaxKind.OpenBracketToken) depth += 1;
    else if (token === SyntaxKind.CloseBraceToken || token === SyntaxKind.CloseBracketToken) depth -= 1;
  }
  return depth > deepest;
}

/** What a text says; undefined where that is nothing. */
export function parsed(text: string | undefined): unknown {
  return text === undefined || isTooDeep(text) ? undefined : parse(text, [], { allowTrailingComma: true });
}
