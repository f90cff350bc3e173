import type { LoadSettings } from './load.ts';
import type { Run } from './writers.ts';

/** One variant in one round: how many writers, and what differs from the usual load. */
export interface Slice extends Pick<Run, 'variant' | 'writers'> {
  readonly load?: Partial<LoadSettings>;
  readonly delayMs?: number;
  /** What was there before stays there. */
  readonly keeps?: boolean;
  /** Far above what the machine can do; what is not needed costs only the time to make it. */
  readonly upTo: number;
}

export const BODY_BYTES = 1_800;

export const slices: Readonly<Record<string, Slice>> = {
  'ours 8': { variant: 'ours', writers: 8, upTo: 12_000 },
  'ours 8 public': { variant: 'ours', writers: 8, upTo: 12_000, load: { playback: 'public' } },
  'naive 8': { variant: 'naive', writers: 8, upTo: 4_000 },
  'naive 8 public': { variant: 'naive', writers: 8, upTo: 6_000, load: { playback: 'public' } },
  'ours 8 poison': { variant: 'ours', writers: 8, upTo: 12_000, load: { poison: 0.01 } },
  'insert 8': { variant: 'insert', writers: 8, upTo: 20_000 },
  'ours 1': { variant: 'ours', writers: 1, upTo: 8_000 },
  'naive 1': { variant: 'naive', writers: 1, upTo: 2_000 },
  'ours 1 public': { variant: 'ours', writers: 1, upTo: 8_000, load: { playback: 'public' } },
  'naive 1 public': { variant: 'naive', writers: 1, upTo: 3_000, load: { playback: 'public' } },
  'ours 1 +1 ms': { variant: 'ours', writers: 1, upTo: 5_000, delayMs: 1 },
  'naive 1 +1 ms': { variant: 'naive', writers: 1, upTo: 1_000, delayMs: 1 },
  'ours 1 +5 ms': { variant: 'ours', writers: 1, upTo: 3_000, delayMs: 5 },
  'naive 1 +5 ms': { variant: 'naive', writers: 1, upTo: 500, delayMs: 5 },
  'ours 8 batch 1': { variant: 'ours', writers: 8, upTo: 4_000, load: { batchSize: 1 } },
  'ours 8 batch 100': { variant: 'ours', writers: 8, upTo: 20_000, load: { batchSize: 100 } },
  'ours 8 16 KB': { variant: 'ours', writers: 8, upTo: 6_000, load: { bodyBytes: 16_000 } },
};

/** Beside the history of a stage. */
export const FULL = 'ours 8 full';
export const full: Slice = { variant: 'ours', writers: 8, upTo: 12_000, keeps: true };

/** Of naive. */
export const atLeast = { oneConnection: 8 } as const;
