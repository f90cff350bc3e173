/** What a process of the benchmark's has used since it began. */
export interface Usage {
  readonly cpuSeconds: number;
  /** The most that it has ever had. */
  readonly rssMb: number;
}

/** Has this process answer `usage`, and end with the process that started it. */
export function reportUsage(): void {
  process.on('message', (message) => {
    if (message !== 'usage') return;
    const { user, system } = process.cpuUsage();
    process.send?.({
      cpuSeconds: (user + system) / 1e6,
      rssMb: process.resourceUsage().maxRSS / 1024,
    } satisfies Usage);
  });
  process.once('disconnect', () => process.exit());
}
