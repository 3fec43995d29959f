// Notices by e-mail. Azure's own domain works from the first minute; a domain of yours takes over once its DNS records are verified.

@description('Name of the Communication Services resource.')
@minLength(1)
@maxLength(63)
param name string

@description('Name of the e-mail service.')
@minLength(1)
@maxLength(63)
param emailName string

@description('Tags.')
param tags object

@description('Where the service keeps its data at rest.')
param dataLocation string

@description('A domain of yours to send from; empty: Azure\'s own.')
@maxLength(253)
param domain string

@description('True once the domain is verified. An unverified one cannot be linked.')
param domainVerified bool

@description('The part before the @ on a domain of yours.')
@minLength(1)
@maxLength(64)
param sender string

@description('The name that recipients see.')
@minLength(1)
@maxLength(64)
param senderName string

@description('Id of the workspace for diagnostics.')
param workspaceId string

var ownDomain = !empty(domain)
var ownSender = ownDomain && domainVerified

resource email 'Microsoft.Communication/emailServices@2025-09-01' = {
  name: emailName
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
  }
}

resource azureDomain 'Microsoft.Communication/emailServices/domains@2025-09-01' = {
  parent: email
  name: 'AzureManagedDomain'
  location: 'global'
  tags: tags
  properties: {
    domainManagement: 'AzureManaged'
    userEngagementTracking: 'Disabled'
  }
}

resource customDomain 'Microsoft.Communication/emailServices/domains@2025-09-01' = if (ownDomain) {
  parent: email
  name: ownDomain ? domain : 'none.invalid'
  location: 'global'
  tags: tags
  properties: {
    domainManagement: 'CustomerManaged'
    userEngagementTracking: 'Disabled'
  }
}

resource customSender 'Microsoft.Communication/emailServices/domains/senderUsernames@2025-09-01' = if (ownSender) {
  parent: customDomain
  name: sender
  properties: {
    username: sender
    displayName: senderName
  }
}

resource communication 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
    disableLocalAuth: true
    linkedDomains: ownSender ? [azureDomain.id, customDomain.id] : [azureDomain.id]
  }
}

// That a mail was taken, its size and how many it went to. The categories that name recipients are left out.
resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'sent'
  scope: communication
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'EmailSendMailOperational'
        enabled: true
      }
    ]
  }
}

output name string = communication.name
output endpoint string = 'https://${communication.properties.hostName}'
output senderAddress string = ownSender ? '${sender}@${domain}' : 'DoNotReply@${azureDomain.properties.fromSenderDomain}'
