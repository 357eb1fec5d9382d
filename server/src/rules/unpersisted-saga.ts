// An orchestrator that keeps its progress in memory: after a crash in mid-flight nobody knows what is done and what must be undone.
import { z } from 'zod';
import { forgetfulSagas } from '../model/compensation/forgetfulSagas.ts';
import { labelOf } from '../model/names/labels.ts';
import { forgetfulManagers } from '../model/sagas/forgetfulManagers.ts';
import { forgetfulStates } from '../model/sagas/forgetfulStates.ts';
import { forgetfulStores } from '../model/sagas/forgetfulStores.ts';
import { orchestratorsOf } from '../model/sagas/orchestrators.ts';
import type { Place } from '../text.ts';
import type { Rule, RuleFinding } from './rule.ts';

const help =
  'Store the state of the saga before and after each step, and resume what is unfinished at start; or run it on a durable engine.';

export const rule: Rule = {
  id: 'unpersisted-saga',
  severity: 'warning',
  summary: 'A saga keeps its progress in memory only, and a crash leaves it half done',
  hasFix: false,
  options: z.strictObject({}),
  *check({ model }) {
    for (const it of orchestratorsOf(model)) {
      const message = `\`${it.name}\` keeps the steps that it has run in memory only: ${lost}`;
      if (!it.isPersisted) yield findingOf(it, message);
    }
    for (const it of forgetfulManagers(model)) {
      const message = `\`${it.name}\` keeps in memory only how far each saga is: after a restart an answer finds none, and nobody can resume or compensate.`;
      yield { ...findingOf(it, message), help: inRows };
    }
    for (const it of forgetfulStores(model)) {
      const message = `\`${it.name}\` keeps in memory only what each saga has done: after a restart nobody knows what is to be taken back.`;
      yield { ...findingOf(it, message), help: inRows };
    }
    const sagas = forgetfulSagas(model);
    const told = new Set(sagas.map(({ file, fact }) => `${file} ${fact.at.start}`));
    const states = forgetfulStates(model).filter(({ file, at }) => !told.has(`${file} ${at.start}`));
    for (const it of [...sagas, ...states]) {
      const saga = labelOf({ ...it.fact, name: it.name });
      yield findingOf(
        it,
        `\`${saga}\` knows only in memory what it has done and how to take it back: ${lost}`,
      );
    }
  },
};

const lost = 'after a crash in mid-flight nobody can resume or compensate.';
const inRows =
  'Keep the state of each saga in a row of the database, in the transaction that stores what it sends.';

function findingOf({ file, at, name }: Place & { readonly name: string }, message: string): RuleFinding {
  return { file, at, symbol: name, message, help };
}
