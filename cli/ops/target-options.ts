import * as z from 'zod';
import { readStages, stageFiles } from './stages.ts';
import { LOCAL_STAGE } from './target.ts';

/** Options of every program that works on a deployment. */
export const targetOptions = {
  options: {
    stage: z
      .string()
      .min(1, 'expected the name of a stage')
      .optional()
      .describe(
        `Deployed stage, or ${LOCAL_STAGE} for the instance of npm start ` +
          `(default: OPS_STAGE, otherwise ${LOCAL_STAGE})`,
      ),
    apiUrl: z
      .string()
      .optional()
      .describe("URL of the stage's API, its output ApiUrl (default: read by --stage)"),
  },
  suggestions: { stage: () => [...readStages(stageFiles).keys(), LOCAL_STAGE] },
};
