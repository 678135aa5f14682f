import { z } from 'zod';
import { reasonOf } from './fetch-file.ts';

/** How the hub is reached, as huggingface_hub reads HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE. */
export interface HubAccess {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly offline: boolean;
}

export function hubAccess(environment: NodeJS.ProcessEnv): HubAccess {
  const token = environment['HF_TOKEN'];
  return {
    endpoint: (environment['HF_ENDPOINT'] ?? 'https://huggingface.co').replace(/\/+$/, ''),
    headers: token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` },
    offline: /^(1|true|yes|on)$/i.test(environment['HF_HUB_OFFLINE'] ?? ''),
  };
}

export const repositoryFacts = z.object({
  sha: z.string(),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.number().optional(),
      lfs: z.object({ sha256: z.string(), size: z.number() }).nullish(),
    }),
  ),
});

export type RepositoryFacts = z.infer<typeof repositoryFacts>;

/** The hub has no such repository or revision. */
export class NotThere extends Error {}

/** A repository's commit and files. @throws NotThere, or Error with the reason */
export async function readRepositoryFacts(
  url: string,
  { headers }: HubAccess,
  timeoutMs: number,
): Promise<RepositoryFacts> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) });
    if (response.status === 404) throw new NotThere('answered 404');
    if (!response.ok) throw new Error(`answered ${response.status}`);
    return repositoryFacts.parse(await response.json());
  } catch (error) {
    const Reason = error instanceof NotThere ? NotThere : Error;
    throw new Reason(`${new URL(url).origin}: ${reasonOf(error).message}`, { cause: error });
  }
}

/** A file of a repository as a part of a URL: names may hold what there means something else, such as # and %. */
export function urlPath(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}
