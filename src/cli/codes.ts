import type { Reason } from '../api/conditions.ts';

/** What `validate` can find in files, beside the reasons for which a resource is rejected. */
export const FILE_REASONS = {
  NotYaml: 'The file is not YAML, or not JSON.',
  NotAnObject: 'A document is not a Kubernetes object: apiVersion, kind or metadata.name is missing.',
  KindUnknown: 'The group is belfry.dev, but there is no such version or kind.',
  Duplicate: 'Two documents are the same resource; the later one would win.',
} as const;
export type FileReason = keyof typeof FILE_REASONS;

/** A stable number for each thing that `validate` finds: BF10 files, BF11 schema, BF12 targets, BF13 rules, BF14 alerting, BF15 stacks. */
export const CODES = {
  NotYaml: 'BF1001',
  NotAnObject: 'BF1002',
  KindUnknown: 'BF1003',
  Duplicate: 'BF1004',

  Invalid: 'BF1101',
  TooLarge: 'BF1102',

  RelabelRuleInvalid: 'BF1201',
  PortNameUnknown: 'BF1202',
  SecretMissing: 'BF1203',
  ConfigMapMissing: 'BF1204',
  DurationInvalid: 'BF1205',
  LabelInvalid: 'BF1206',
  AddressInvalid: 'BF1207',
  NamespaceNotAllowed: 'BF1208',
  RefusedByPrometheus: 'BF1209',

  ExpressionInvalid: 'BF1301',
  TemplateInvalid: 'BF1302',
  RuleInvalid: 'BF1303',
  TestsFailed: 'BF1304',

  MatcherInvalid: 'BF1401',
  ReceiverInvalid: 'BF1402',
  ReceiverUnknown: 'BF1403',
  RouteInvalid: 'BF1404',
  TimeIntervalInvalid: 'BF1405',
  SilenceInvalid: 'BF1406',

  VersionUnsupported: 'BF1501',
  VersionWithdrawn: 'BF1502',
  NameTooLong: 'BF1503',
  StorageClassMissing: 'BF1504',
  SecretInvalid: 'BF1505',
} as const satisfies Partial<Record<Reason | FileReason, `BF1${number}`>>;

/** What a finding without a number of its own gets; a test sees to it that no reason for a rejection needs it. */
const OTHER = 'BF1999';

/** The number of a reason. */
export function codeOf(reason: Reason | FileReason): string {
  return (CODES as Partial<Record<string, string>>)[reason] ?? OTHER;
}
