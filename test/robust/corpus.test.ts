// Every form of JavaScript's grammar, right and wrong: the parser tests of test262, each read as TypeScript and as TSX.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isReadSoundly } from './properties.ts';

const corpus = dirname(fileURLToPath(import.meta.resolve('test262-parser-tests/package.json')));

describe.each(['pass', 'pass-explicit', 'early', 'fail'])('the texts of test262 in %s', (folder) => {
  it.each(['ts', 'tsx'])('are read as .%s', (extension) => {
    const names = readdirSync(join(corpus, folder));
    expect(names.length).toBeGreaterThan(50);
    for (const name of names)
      isReadSoundly(
        `/shop/src/events/${name}.${extension}`,
        readFileSync(join(corpus, folder, name), 'utf8'),
      );
  });
});
