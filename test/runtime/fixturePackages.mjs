// For `node --import`: lets a process find the packages that only the fixtures have.
import { registerHooks } from 'node:module';

const parentURL = new URL('../fixture/package.json', import.meta.url).href;

registerHooks({
  resolve: (name, context, next) =>
    /^(pg|bullmq)$/.test(name) ? next(name, { ...context, parentURL }) : next(name, context),
});
