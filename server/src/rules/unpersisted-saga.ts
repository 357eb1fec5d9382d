// An orchestrator that keeps its progress in memory: after a crash in mid-flight nobody knows what is done and what must be undone.
import { z } from 'zod';
import { forgetfulSagas } from '../model/forgetfulSagas.ts';
import { orchestratorsOf } from '../model/orchestrators.ts';
import type { Rule } from './rule.ts';

const help =
  'Store the state of the saga before and after each step, and resume what is unfinished at start; or run it on a durable engine.';

export const rule: Rule = {
  id: 'unpersisted-saga',
  severity: 'warning',
  summary: 'A saga keeps its progress in memory only, and a crash leaves it half done',
  hasFix: false,
  options: z.strictObject({}),
  *check({ model }) {
    for (const { file, at, name, isPersisted } of orchestratorsOf(model)) {
      if (isPersisted) continue;
      yield {
        file,
        at,
        symbol: name,
        message: `\`${name}\` keeps the steps that it has run in memory only: after a crash in mid-flight nobody can resume or compensate.`,
        help,
      };
    }
    for (const { file, at, name, fact } of forgetfulSagas(model)) {
      const saga = fact.owner === undefined ? name : `${fact.owner}.${name}`;
      yield {
        file,
        at,
        symbol: name,
        message: `\`${saga}\` knows only in memory what it has done and how to take it back: after a crash in mid-flight nobody can resume or compensate.`,
        help,
      };
    }
  },
};
