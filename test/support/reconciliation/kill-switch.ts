/** Work that a kill ends: it neither returns nor throws, and none of its later calls is made. */
export interface KillSwitch {
  /** Wraps each method of a collaborator, so that its calls count. */
  guard<Collaborator extends object>(collaborator: Collaborator): Collaborator;
  /** @returns 'killed' if the work made more calls than it lives for. */
  run<Result>(work: () => Promise<Result>): Promise<Result | 'killed'>;
}

/** @param callsToLive Number of calls that are made before the kill. */
export function makeKillSwitch(callsToLive: number): KillSwitch {
  let left = callsToLive;
  let kill: () => void = () => {};
  const killed = new Promise<'killed'>((resolve) => {
    kill = () => resolve('killed');
  });
  const isAlive = () => {
    left -= 1;
    if (left < 0) kill();
    return left >= 0;
  };
  return {
    guard: (collaborator) =>
      new Proxy(collaborator, {
        get(target, name) {
          const value = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) =>
            isAlive() ? value.apply(target, args) : new Promise(() => {});
        },
      }),
    run: (work) => Promise.race([work(), killed]),
  };
}
