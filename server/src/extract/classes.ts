// Classes: their methods become functions, their field initialisers actions of the place where the class stands.
import { ts } from 'ts-morph';
import type { Action } from '../facts/actions.ts';
import type { Draft } from './draft.ts';

/** Registers a class's members; gives what its static and instance initialisers do. */
export function readClass(draft: Draft, node: ts.ClassLikeDeclaration): readonly Action[] {
  return node.members.flatMap((member) => {
    if (ts.isMethodDeclaration(member) || ts.isConstructorDeclaration(member) || ts.isAccessor(member)) {
      draft.functionId(member);
      return [];
    }
    return ts.isPropertyDeclaration(member) && member.initializer ? draft.calls(member.initializer) : [];
  });
}
