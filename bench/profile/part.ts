import type { BenchSettings, Measured, Part } from '../report.ts';
import { profileJobs } from './jobs/profile.ts';
import { profileProcessor } from './processor/profile.ts';
import { profileVerifier } from './verifier/profile.ts';

/** Says where the time of one part goes, and so why it is not faster. What it finds begins with what it is of. */
type Profile = (settings: BenchSettings) => Promise<Measured>;

const profiles: readonly Profile[] = [profileVerifier, profileProcessor, profileJobs];

export const profile: Part = {
  name: 'profile',
  title: 'Profile: where the time goes',
  async run(settings) {
    const all: Measured[] = [];
    for (const profile of profiles) all.push(await profile(settings));
    return {
      findings: all.flatMap(({ findings }) => findings),
      notes: all.flatMap(({ notes }) => notes),
    };
  },
};
