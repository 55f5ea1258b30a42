import { type Static, type TObject, Type } from "@sinclair/typebox";

/**
 * Every job there is: its name, what its data may be, and how it is tried. Nothing here knows the code that
 * does the work, so that asking for a job loads none of it.
 *
 * Job data holds ids and never facts. The facts are in Postgres, so that a lost queue delays work and loses
 * nothing: a job with `foundBy` is found again by the sweep of that name.
 */
export interface JobDefinition<Data extends TObject = TObject> {
  readonly queue: QueueName;
  /** In the words of the person who reads the dashboard. */
  readonly about: string;
  readonly data: Data;
  /** How often it is tried in all. A sweep is tried once: its next turn is the retry. */
  readonly attempts: number;
  /** Before the second try; doubles with each further one, with up to half of it at random. */
  readonly backoffMs: number;
  /** After this long the job is told to stop and counts as failed. */
  readonly timeoutMs: number;
  /** One at a time in a process: a turn that finds the former still running ends at once. */
  readonly alone: boolean;
  /** The sweep that finds this work when the request to do it was lost. */
  readonly foundBy: string | null;
}

/** A line of work with a bound of its own, so that a long import keeps no hospital's sync waiting. */
export const queues = {
  sync: { concurrency: 4, about: "Keeps each hospital's online copy equal to its own database" },
  upkeep: { concurrency: 3, about: "Sets hospitals up, checks their databases, ends trials" },
  mail: { concurrency: 2, about: "Sends mail, and answers who has forgotten their password" },
  imports: { concurrency: 1, about: "Reads uploaded records into a hospital" },
} as const;

export type QueueName = keyof typeof queues;

export const queueNames = Object.keys(queues) as readonly QueueName[];

const id = () => Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });
const nothing = Type.Object({}, { additionalProperties: false });
const oneHospital = Type.Object({ tenantId: id() }, { additionalProperties: false });
const oneImport = Type.Object({ tenantId: id(), importId: id() }, { additionalProperties: false });

const second = 1_000;
const minute = 60 * second;

const sweep = { data: nothing, attempts: 1, backoffMs: second, alone: true, foundBy: null } as const;

export const catalogue = {
  "sync.push-due": {
    ...sweep,
    queue: "sync",
    about: "Sends the new changes of every hospital that has some to its online copy",
    timeoutMs: 5 * minute,
  },
  "sync.push": {
    queue: "sync",
    about: "Sends one hospital's new changes to its online copy",
    data: oneHospital,
    attempts: 5,
    backoffMs: second,
    timeoutMs: 5 * minute,
    alone: false,
    foundBy: "sync.push-due",
  },
  "files.copy-due": {
    ...sweep,
    queue: "sync",
    about: "Sends the new files of every hospital that has some to the copy beside its online copy",
    timeoutMs: 10 * minute,
  },
  "sync.verify-due": {
    ...sweep,
    queue: "sync",
    about: "Proves by checksums that every hospital's online copy equals its own database",
    timeoutMs: 60 * minute,
  },
  "health.check-all": {
    ...sweep,
    queue: "upkeep",
    about: "Asks both databases of every hospital whether they are well, and keeps the answers",
    timeoutMs: minute,
  },
  "subscriptions.expire-trials": {
    ...sweep,
    queue: "upkeep",
    about: "Ends the trials whose last day has passed",
    timeoutMs: 5 * minute,
  },
  "audit.keep": {
    ...sweep,
    queue: "upkeep",
    about: "Makes the months to come of every audit, and notes where each one ends",
    timeoutMs: 5 * minute,
  },
  "configuration.push-due": {
    ...sweep,
    queue: "upkeep",
    about: "Tells every hospital that has not heard of its latest plan and settings",
    timeoutMs: 5 * minute,
  },
  "tenants.erase-due": {
    ...sweep,
    queue: "upkeep",
    about: "Erases the deleted hospitals whose time for a change of mind is over",
    timeoutMs: 30 * minute,
  },
  "retention.clean-up-due": {
    ...sweep,
    queue: "upkeep",
    about: "Takes away at every hospital what is older than its policies say",
    timeoutMs: 120 * minute,
  },
  "provisioning.resume-due": {
    ...sweep,
    queue: "upkeep",
    about: "Goes on with every hospital whose setting up stopped half-way",
    timeoutMs: 10 * minute,
  },
  "provisioning.resume": {
    queue: "upkeep",
    about: "Sets one hospital up, from the step it had reached",
    data: oneHospital,
    attempts: 5,
    backoffMs: 2 * second,
    timeoutMs: 5 * minute,
    alone: false,
    foundBy: "provisioning.resume-due",
  },
  "restore.resume-due": {
    ...sweep,
    queue: "upkeep",
    about: "Goes on with every restore of a hospital that stopped half-way",
    timeoutMs: 120 * minute,
  },
  "mail.send-due": {
    ...sweep,
    queue: "mail",
    about: "Sends the mail that was left lying at any hospital, and forgets what is old",
    timeoutMs: 5 * minute,
  },
  "mail.send": {
    queue: "mail",
    about: "Answers who asked one hospital for a way back in, and sends its mail",
    data: oneHospital,
    attempts: 3,
    backoffMs: 5 * second,
    timeoutMs: 5 * minute,
    alone: false,
    foundBy: "mail.send-due",
  },
  "mail.send-owner": {
    queue: "mail",
    about: "The same for operators",
    data: nothing,
    attempts: 3,
    backoffMs: 5 * second,
    timeoutMs: 5 * minute,
    alone: false,
    foundBy: "mail.send-due",
  },
  "import.run": {
    queue: "imports",
    about: "Reads one upload of records into a hospital",
    data: oneImport,
    attempts: 3,
    backoffMs: 5 * second,
    timeoutMs: 120 * minute,
    alone: false,
    foundBy: "imports.resume-due",
  },
  "imports.resume-due": {
    ...sweep,
    queue: "upkeep",
    about: "Goes on with every import that has lost its worker",
    timeoutMs: 5 * minute,
  },
  "users.import": {
    queue: "imports",
    about: "Invites the people of one list of staff",
    data: oneImport,
    attempts: 3,
    backoffMs: 5 * second,
    timeoutMs: 60 * minute,
    alone: false,
    foundBy: "imports.resume-due",
  },
} as const satisfies Record<string, JobDefinition>;

export type JobName = keyof typeof catalogue;
export type JobData<Name extends JobName> = Static<(typeof catalogue)[Name]["data"]>;

export const jobNames = Object.keys(catalogue) as readonly JobName[];

export function isJobName(name: string): name is JobName {
  return Object.hasOwn(catalogue, name);
}
