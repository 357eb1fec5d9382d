// The language server as a program of its own: `dist/server.cjs`, which the extension starts.
import { serve } from './server.ts';

serve();
