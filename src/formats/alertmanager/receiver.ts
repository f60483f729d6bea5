/** A value of Alertmanager's config: what YAML can say. */
export type ConfigValue = string | number | boolean | readonly ConfigValue[] | ConfigMap;
export interface ConfigMap {
  readonly [field: string]: ConfigValue;
}

/** The lists of integrations that a receiver of Alertmanager 0.31 may have (config/config.go, Receiver). */
export type IntegrationConfigs = `${
  | 'discord' | 'email' | 'incidentio' | 'jira' | 'mattermost' | 'msteams' | 'msteamsv2' | 'opsgenie' | 'pagerduty' | 'pushover'
  | 'rocketchat' | 'slack' | 'sns' | 'telegram' | 'victorops' | 'webex' | 'webhook' | 'wechat'}_configs`;

/** Who is told, and by what. Without any integration it tells nobody. */
export type Receiver = { readonly name: string } & { readonly [K in IntegrationConfigs]?: readonly ConfigMap[] };
