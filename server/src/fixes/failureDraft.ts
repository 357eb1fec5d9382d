// What is known while the copy of a success event's declaration is made.
import type { ts } from 'ts-morph';
import type { Edit } from '../text.ts';
import type { Rename } from './failureNames.ts';

/** A copy of the success event's declaration while it is made: edits of the file's text, and what it takes along. */
export interface Draft {
  readonly source: ts.SourceFile;
  readonly edits: Edit[];
  /** Whether a field of the success makes sense in the failure. */
  readonly keeps: (name: string) => boolean;
  readonly rename: Rename;
  /** Payload types and constants of the success's own, which get a sibling too. */
  readonly companions: Set<ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.VariableStatement>;
}
