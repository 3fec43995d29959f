// Access Functions on Azure: one resource group with everything the app needs. `azd up` runs it; docs/deployment.md explains it.

targetScope = 'subscription'

@description('Name of the azd environment; names of resources are made from it.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('Region; it has to have Flex Consumption.')
@minLength(1)
@maxLength(64)
@metadata({
  azd: {
    type: 'location'
  }
})
param location string

@description('The OpenID provider that signs people in: the exact `iss` of its tokens.')
@minLength(8)
@maxLength(512)
param oidcIssuer string

@description('The `aud` of tokens that are meant for this app.')
@minLength(1)
@maxLength(512)
param oidcAudience string

@description('The claim of a token that holds the roles Admin and Auditor.')
@minLength(1)
@maxLength(128)
param oidcRolesClaim string = 'roles'

@description('The client that people sign in through with a browser; empty: bearer tokens only.')
@maxLength(256)
param oidcClientId string = ''

@description('Who is told when an alert fires; a group\'s address rather than a person\'s.')
@minLength(3)
@maxLength(320)
param alertEmail string

@description('Principal (object) id of the SIEM\'s identity, which may then read the audit stream; empty: none yet.')
@maxLength(36)
param siemPrincipalId string = ''

@description('The address that people use, where it is not the app\'s own: https, without a path.')
@maxLength(256)
param publicAddress string = ''

@description('A domain of yours that notices are sent from; empty: one of Azure\'s.')
@maxLength(253)
param emailDomain string = ''

@description('True once the DNS records of that domain are verified; until then notices come from Azure\'s.')
param emailDomainVerified bool = false

@description('The part before the @ on a domain of yours.')
@minLength(1)
@maxLength(64)
param emailSender string = 'access'

@description('The name that recipients see where notices come from a domain of yours.')
@minLength(1)
@maxLength(64)
param emailSenderName string = 'Access Functions'

@description('Where Communication Services keeps its data at rest. It cannot be changed later.')
@allowed(['Africa', 'Asia Pacific', 'Australia', 'Brazil', 'Canada', 'Europe', 'France', 'Germany', 'India', 'Japan', 'Korea', 'Norway', 'Switzerland', 'UAE', 'UK', 'United States'])
param emailDataLocation string = 'Europe'

@description('True where you may not make a custom role: the app then sends e-mail by the built-in owner role of Communication Services.')
param emailByOwnerRole bool = false

@description('Environment variables that platforms.yaml names, each with the name of the vault\'s secret that holds its value.')
param platformVariables object = {}

@description('The address that replies to notices go to; empty: replies are not read.')
@maxLength(254)
param replyAddress string = ''

@description('The server whose Authentication-Results are believed; a dash for Exchange Online.')
@maxLength(253)
param replyAuthservId string = ''

@description('Whether a mail gateway posts replies; its secret is mail-inbound-secret in the vault.')
param replyByGateway bool = false

@description('A mailbox of Microsoft 365 that replies are read from; empty: none.')
@maxLength(254)
param replyMailbox string = ''

@description('Address of the chat model that answers questions in plain words, as OpenAI\'s chat completions; empty: no model.')
@maxLength(400)
param modelEndpoint string = ''

@description('Name of that model, or of its deployment.')
@maxLength(100)
param modelName string = ''

@description('Whether an identity provider provisions people at /scim/v2; its token is scim-token in the vault.')
param scim bool = false

@description('The issuer that provisioned people sign in by, with their externalId as subject; empty: that of oidcIssuer.')
@maxLength(512)
param scimIssuer string = ''

@description('Whether people are read from Microsoft Graph by the app\'s identity.')
param graphDirectory bool = false

@description('Object ids of the groups that policies may name, separated by commas; empty: none are read.')
@maxLength(2000)
param graphGroups string = ''

@description('Id of the Slack channel that requests are posted to (C…); empty: no Slack.')
@maxLength(40)
param slackChannel string = ''

@description('Id of the Slack workspace (T…).')
@maxLength(40)
param slackTeamId string = ''

@description('Id of the Slack app (A…).')
@maxLength(40)
param slackAppId string = ''

@description('A subnet, delegated to Microsoft.App/environments, through which the app reaches platforms; empty: none.')
@maxLength(512)
param subnetId string = ''

@description('How long requests, audit events outside requests, and the words, names and addresses in both are kept, such as 2555d; empty: for good.')
@maxLength(12)
param keepRequests string = ''
@description('See keepRequests.')
@maxLength(12)
param keepEvents string = ''
@description('See keepRequests.')
@maxLength(12)
param keepPersonalData string = ''

@description('How many copies of stored data are kept, and where.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageRedundancy string = 'Standard_ZRS'

@description('Hours that audit events wait for the SIEM.')
@minValue(1)
@maxValue(168)
param auditRetentionHours int = 168

@description('Partitions of the audit hub. It cannot be changed later.')
@minValue(1)
@maxValue(32)
param auditPartitions int = 4

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('Days that a deleted secret can be brought back. It cannot be changed later.')
@minValue(7)
@maxValue(90)
param secretSoftDeleteDays int = 90

@description('Memory of an instance, in MB.')
@allowed([512, 2048, 4096])
param instanceMemory int = 2048

@description('Instances at most.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 40

@description('Instances that wait for HTTP calls at all times: the first call of a quiet hour is then fast.')
@minValue(0)
@maxValue(20)
param alwaysReadyHttp int = 0

@description('Instances that wait for orchestrations at all times: deadlines are then kept to the second.')
@minValue(0)
@maxValue(20)
param alwaysReadyDurable int = 0

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: 'id-access-${token}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    workspaceName: 'log-access-${token}'
    ruleName: 'dcr-access-${token}'
    insightsName: 'appi-access-${token}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: 'staccess${token}'
    location: location
    tags: tags
    redundancy: storageRedundancy
    packageContainer: 'package'
    workspaceId: monitoring.outputs.workspaceId
  }
}

module events 'modules/events.bicep' = {
  name: 'events'
  scope: group
  params: {
    name: 'evhns-access-${token}'
    location: location
    tags: tags
    retentionHours: auditRetentionHours
    partitions: auditPartitions
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    name: 'kv-access-${token}'
    location: location
    tags: tags
    softDeleteDays: secretSoftDeleteDays
    workspaceId: monitoring.outputs.workspaceId
  }
}

module email 'modules/email.bicep' = {
  name: 'email'
  scope: group
  params: {
    name: 'acs-access-${token}'
    emailName: 'acse-access-${token}'
    tags: tags
    dataLocation: emailDataLocation
    domain: emailDomain
    domainVerified: emailDomainVerified
    sender: emailSender
    senderName: emailSenderName
    workspaceId: monitoring.outputs.workspaceId
  }
}

module access 'modules/access.bicep' = {
  name: 'access'
  scope: group
  params: {
    appPrincipalId: identity.outputs.principalId
    siemPrincipalId: siemPrincipalId
    emailByOwnerRole: emailByOwnerRole
    storageName: storage.outputs.name
    eventsName: events.outputs.name
    hubName: events.outputs.hub
    vaultName: vault.outputs.name
    communicationName: email.outputs.name
    insightsName: monitoring.outputs.insightsName
  }
}

module functions 'modules/functions.bicep' = {
  name: 'functions'
  scope: group
  params: {
    name: 'func-access-${token}'
    planName: 'plan-access-${token}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageName: storage.outputs.name
    blobEndpoint: storage.outputs.blobEndpoint
    tableEndpoint: storage.outputs.tableEndpoint
    packageContainer: storage.outputs.packageContainer
    insightsAddress: monitoring.outputs.insightsAddress
    eventsNamespace: events.outputs.fullyQualifiedNamespace
    eventsHub: events.outputs.hub
    vaultUri: vault.outputs.uri
    emailEndpoint: email.outputs.endpoint
    emailSender: email.outputs.senderAddress
    oidcIssuer: oidcIssuer
    oidcAudience: oidcAudience
    oidcRolesClaim: oidcRolesClaim
    oidcClientId: oidcClientId
    publicAddress: publicAddress
    platformVariables: platformVariables
    replyAddress: replyAddress
    replyAuthservId: replyAuthservId
    replyByGateway: replyByGateway
    replyMailbox: replyMailbox
    modelEndpoint: modelEndpoint
    modelName: modelName
    scim: scim
    scimIssuer: scimIssuer
    graphDirectory: graphDirectory
    graphGroups: graphGroups
    slackChannel: slackChannel
    slackTeamId: slackTeamId
    slackAppId: slackAppId
    keepRequests: keepRequests
    keepEvents: keepEvents
    keepPersonalData: keepPersonalData
    instanceMemory: instanceMemory
    maximumInstances: maximumInstances
    alwaysReadyHttp: alwaysReadyHttp
    alwaysReadyDurable: alwaysReadyDurable
    subnetId: subnetId
  }
  // The app fetches its package and its secrets by its roles, so they come first.
  dependsOn: [access]
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    location: location
    tags: tags
    prefix: 'access-${environmentName}'
    workspaceId: monitoring.outputs.workspaceId
    email: alertEmail
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output ACCESS_ADDRESS string = functions.outputs.address
output ACCESS_APP_NAME string = functions.outputs.name
output ACCESS_VAULT_NAME string = vault.outputs.name
output ACCESS_STORAGE_NAME string = storage.outputs.name
output ACCESS_SENDER_ADDRESS string = email.outputs.senderAddress
output ACCESS_AUDIT_NAMESPACE string = events.outputs.fullyQualifiedNamespace
output ACCESS_AUDIT_HUB string = events.outputs.hub
output ACCESS_AUDIT_CONSUMER_GROUP string = events.outputs.consumerGroup
