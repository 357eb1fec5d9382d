// The language server over a whole session: start, edits, requests, memory.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { globSync } from 'tinyglobby';
import { editableIn, edited, editKinds, nameIn, type Editable, type EditKind } from './edits.ts';
import { Editor } from './editor.ts';
import { memoryOf } from './processes.ts';
import { randomOf, type Random } from './random.ts';

export interface Session {
  /** The open file's own findings, and those of all files, since the start of the process. */
  readonly firstDiagnostics: number;
  readonly indexed: number;
  /** Milliseconds of the server's work by kind of edit, and of the editor's wait with the quiet time. */
  readonly worked: Readonly<Record<EditKind, readonly number[]>>;
  readonly waited: readonly number[];
  /** Milliseconds over a name right after an edit, when nothing was looked up yet, and once more. */
  readonly hover: readonly number[];
  readonly hoverAgain: readonly number[];
  readonly codeAction: readonly number[];
  /** Resident megabytes: after indexing, after the edits, and after as many again. */
  readonly resident: readonly [number, number, number];
}

/** Works on a folder as an editor would. */
export async function measureServer(root: string, edits: number): Promise<Session> {
  const editable = editableIn(textsIn(root));
  const random = randomOf(7);
  const first = withFindings(root) ?? random.pick(editable.type);
  // Its clock starts with it.
  const editor = new Editor();
  const indexed = await editor.start(root, first);
  const after = memoryOf(editor.process.pid, 'VmRSS');
  const measured = await edit(editor, editable, { random, edits });
  const once = memoryOf(editor.process.pid, 'VmRSS');
  const codeAction = await ask(editor, editable, random);
  await edit(editor, editable, { random, edits });
  const twice = memoryOf(editor.process.pid, 'VmRSS');
  await editor.stop();
  const firstDiagnostics = editor.firstAt.get(String(pathToFileURL(first))) ?? NaN;
  return { firstDiagnostics, indexed, ...measured, codeAction, resident: [after, once, twice] };
}

/** A file that has diagnostics of its own, to see when they come. */
function withFindings(root: string): string | undefined {
  const bin = join(import.meta.dirname, '../../bin/sagalint.cjs');
  const options = ['--format', 'json', '--rule', 'missing-event-metadata'];
  const { stdout } = spawnSync(process.execPath, [bin, 'check', root, ...options], { maxBuffer: 2 ** 30 });
  const { findings }: { findings: { file: string }[] } = JSON.parse(String(stdout));
  const [found] = findings;
  return found && join(root, found.file);
}

function textsIn(root: string): ReadonlyMap<string, string> {
  const ignore = [
    '**/node_modules/**',
    '**/dist/**',
    '**/*.{spec,test,e2e-spec,d}.ts',
    '**/{test,tests,__tests__}/**',
  ];
  const files = globSync(['**/*.ts'], { cwd: root, ignore, followSymbolicLinks: false }).sort();
  return new Map(files.map((it) => [join(root, it), readFileSync(join(root, it), 'utf8')]));
}

async function edit(
  editor: Editor,
  editable: Editable,
  { random, edits }: { random: Random; edits: number },
): Promise<Pick<Session, 'worked' | 'waited' | 'hover' | 'hoverAgain'>> {
  const [hover, hoverAgain]: [number[], number[]] = [[], []];
  const worked: Record<EditKind, number[]> = { body: [], type: [], base: [] };
  const waited: number[] = [];
  for (let round = 0; round < edits; round += 1) {
    const kind = random.pick(editKinds);
    const file = random.pick(editable[kind]);
    const before = await editor.opened(file);
    const took = await editor.change(file, edited(before, kind, random));
    worked[kind].push(took.worked);
    waited.push(took.waited);
    const position = positionAt(editor.textOf(file), nameIn(editor.textOf(file), random));
    for (const times of [hover, hoverAgain])
      times.push(await editor.asked('textDocument/hover', file, { position }));
  }
  return { worked, waited, hover, hoverAgain };
}

function positionAt(text: string, offset: number): { readonly line: number; readonly character: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

async function ask(editor: Editor, editable: Editable, random: Random): Promise<readonly number[]> {
  const codeAction: number[] = [];
  for (let round = 0; round < 100; round += 1) {
    const file = random.pick(editable.type);
    const text = await editor.opened(file);
    const line = random.next(text.split('\n').length);
    const range = { start: { line, character: 0 }, end: { line, character: 8 } };
    codeAction.push(
      await editor.asked('textDocument/codeAction', file, { range, context: { diagnostics: [] } }),
    );
  }
  return codeAction;
}
