// Every permission there is, each on the narrowest resource that holds it. Nothing else assigns roles.

@description('Principal id of the app\'s identity.')
@minLength(36)
@maxLength(36)
param appPrincipalId string

@description('Principal id that reads the audit stream for the SIEM; empty: none yet.')
@maxLength(36)
param siemPrincipalId string

@description('True: the app sends e-mail by the built-in owner role instead of a role of its own with three actions.')
param emailByOwnerRole bool

@description('Name of the storage account.')
param storageName string

@description('Name of the Event Hubs namespace.')
param eventsName string

@description('Name of the hub.')
param hubName string

@description('Name of the vault.')
param vaultName string

@description('Name of the Communication Services resource.')
param communicationName string

@description('Name of the Application Insights component.')
param insightsName string

// The built-in roles by what Azure calls them; the ids are the same in every tenant.
var roles = {
  // The app's package, and the leases and large messages of the orchestrations.
  StorageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  // The queues of the orchestrations.
  StorageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  // The histories of the orchestrations, and the app's own tables.
  StorageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  // The app writes the audit stream and cannot read it.
  AzureEventHubsDataSender: '2b629674-e913-4c01-ae53-ef4638d8f975'
  // The SIEM reads it and cannot write it.
  AzureEventHubsDataReceiver: 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde'
  // The app makes and deletes secrets, so reading them is not enough.
  KeyVaultSecretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  // Writing telemetry, now that keys are off.
  MonitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  // Also reads keys and deletes the resource: only where a role of its own cannot be made.
  CommunicationAndEmailServiceOwner: '09976791-48a7-449e-bb21-39d1a415f350'
}

var siemReads = !empty(siemPrincipalId)

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' existing = {
  name: eventsName
}

resource hub 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' existing = {
  parent: namespace
  name: hubName
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName
}

resource communication 'Microsoft.Communication/communicationServices@2025-09-01' existing = {
  name: communicationName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// Sending has no data action and no built-in role of its own. These are the actions that the service asks for.
resource emailSender 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (!emailByOwnerRole) {
  name: guid(resourceGroup().id, 'email-sender')
  properties: {
    roleName: 'Access Functions e-mail sender (${resourceGroup().name})'
    description: 'Sends e-mail through one Communication Services resource.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: [
          'Microsoft.Communication/CommunicationServices/Read'
          'Microsoft.Communication/CommunicationServices/Write'
          'Microsoft.Communication/EmailServices/Write'
        ]
        notActions: []
        dataActions: []
        notDataActions: []
      }
    ]
  }
}

resource blobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, appPrincipalId, roles.StorageBlobDataOwner)
  scope: storage
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.StorageBlobDataOwner)
  }
}

resource queues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, appPrincipalId, roles.StorageQueueDataContributor)
  scope: storage
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.StorageQueueDataContributor)
  }
}

resource tables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, appPrincipalId, roles.StorageTableDataContributor)
  scope: storage
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.StorageTableDataContributor)
  }
}

resource auditWritten 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hub.id, appPrincipalId, roles.AzureEventHubsDataSender)
  scope: hub
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.AzureEventHubsDataSender)
  }
}

resource auditRead 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (siemReads) {
  name: guid(hub.id, siemPrincipalId, roles.AzureEventHubsDataReceiver)
  scope: hub
  properties: {
    principalId: siemPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.AzureEventHubsDataReceiver)
  }
}

resource secrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, appPrincipalId, roles.KeyVaultSecretsOfficer)
  scope: vault
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.KeyVaultSecretsOfficer)
  }
}

resource telemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, appPrincipalId, roles.MonitoringMetricsPublisher)
  scope: insights
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.MonitoringMetricsPublisher)
  }
}

resource mail 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!emailByOwnerRole) {
  name: guid(communication.id, appPrincipalId, 'email-sender')
  scope: communication
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: emailSender.id
  }
}

resource mailByOwner 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (emailByOwnerRole) {
  name: guid(communication.id, appPrincipalId, roles.CommunicationAndEmailServiceOwner)
  scope: communication
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.CommunicationAndEmailServiceOwner)
  }
}
