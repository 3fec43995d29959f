// The function app on Flex Consumption. It reaches everything by its identity; no setting here is a secret.

@description('Name of the app; also the first part of its address.')
@minLength(2)
@maxLength(60)
param name string

@description('Name of the plan.')
@minLength(1)
@maxLength(60)
param planName string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Resource id of the app\'s identity.')
param identityId string

@description('Client id of the app\'s identity.')
param identityClientId string

@description('Name of the storage account.')
param storageName string

@description('Address of the blob service, with a slash at its end.')
param blobEndpoint string

@description('Address of the table service.')
param tableEndpoint string

@description('Container of the app\'s package.')
param packageContainer string

@description('Where Application Insights takes telemetry. No secret: local authentication is off there.')
param insightsAddress string

@description('Host name of the Event Hubs namespace.')
param eventsNamespace string

@description('Name of the hub that audit events go to.')
param eventsHub string

@description('Address of the vault.')
param vaultUri string

@description('Address of Communication Services.')
param emailEndpoint string

@description('Who notices are from.')
param emailSender string

@description('The issuer whose tokens are accepted.')
param oidcIssuer string

@description('The audience that tokens must be for.')
param oidcAudience string

@description('The claim of a token that holds product roles.')
param oidcRolesClaim string

@description('The client that people sign in through with a browser; empty: bearer tokens only.')
param oidcClientId string

@description('The address that people use; empty: the app\'s own.')
param publicAddress string

@description('Environment variables that platforms.yaml names, each with the name of the vault\'s secret that holds its value.')
param platformVariables object

@description('The address that replies to notices go to; empty: replies are not read.')
param replyAddress string

@description('The server whose Authentication-Results are believed.')
param replyAuthservId string

@description('Whether a mail gateway posts replies.')
param replyByGateway bool

@description('A mailbox that replies are read from; empty: none.')
param replyMailbox string

@description('Address of the chat model; empty: none.')
param modelEndpoint string

@description('Its name.')
param modelName string

@description('Whether an identity provider provisions people at /scim/v2.')
param scim bool

@description('The issuer that provisioned people sign in by; empty: that of oidcIssuer.')
param scimIssuer string

@description('Whether people are read from Microsoft Graph.')
param graphDirectory bool

@description('Object ids of the groups that policies may name, separated by commas.')
param graphGroups string

@description('Id of the Slack channel that requests are posted to; empty: no Slack.')
param slackChannel string

@description('Id of the Slack workspace.')
param slackTeamId string

@description('Id of the Slack app.')
param slackAppId string

@description('How long requests are kept; empty: for good.')
param keepRequests string

@description('How long audit events outside requests are kept; empty: for good.')
param keepEvents string

@description('How long words, names and addresses are kept; empty: as long as the rest.')
param keepPersonalData string

@description('Memory of an instance, in MB.')
@allowed([512, 2048, 4096])
param instanceMemory int

@description('Instances at most.')
@minValue(1)
@maxValue(1000)
param maximumInstances int

@description('Instances that wait for HTTP calls at all times.')
@minValue(0)
@maxValue(20)
param alwaysReadyHttp int

@description('Instances that wait for orchestrations and activities at all times.')
@minValue(0)
@maxValue(20)
param alwaysReadyDurable int

@description('A subnet, delegated to Microsoft.App/environments, through which the app reaches platforms; empty: none.')
param subnetId string

var httpReady = alwaysReadyHttp > 0 ? [{ name: 'http', instanceCount: alwaysReadyHttp }] : []
var durableReady = alwaysReadyDurable > 0 ? [{ name: 'durable', instanceCount: alwaysReadyDurable }] : []
var address = empty(publicAddress) ? 'https://${name}.azurewebsites.net' : publicAddress

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  // azd finds the app of its service by this tag.
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${blobEndpoint}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemory
        maximumInstanceCount: maximumInstances
        alwaysReady: concat(httpReady, durableReady)
      }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: union(
    toObject(items(platformVariables), variable => variable.key, variable => '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${variable.value})'),
    empty(replyAddress) ? {} : {
      Mail__ReplyAddress: replyAddress
      Mail__Inbound__AuthservId: replyAuthservId
    },
    // The gateway's secret is put into the vault by hand, under this name.
    replyByGateway ? {
      Mail__Inbound__Secrets__0: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/mail-inbound-secret)'
    } : {},
    empty(replyMailbox) ? {} : {
      Mail__Inbound__Graph__Mailbox: replyMailbox
    },
    // The provider's token is put into the vault by hand, under this name.
    scim ? {
      Scim__Tokens__0: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/scim-token)'
      Scim__Issuer: empty(scimIssuer) ? oidcIssuer : scimIssuer
    } : {},
    graphDirectory ? {
      Directory__Graph__Enabled: 'true'
      Directory__Graph__Groups__0: graphGroups
      Directory__Graph__Issuer: oidcIssuer
    } : {},
    // The client's secret is put into the vault by hand, under this name.
    empty(oidcClientId) ? {} : {
      Oidc__Issuers__0__ClientId: oidcClientId
      Oidc__Issuers__0__ClientSecret: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/oidc-client-secret)'
    },
    // The two secrets of the Slack app are put into the vault by hand, under these names.
    empty(slackChannel) ? {} : {
      Slack__Channel: slackChannel
      Slack__TeamId: slackTeamId
      Slack__AppId: slackAppId
      Slack__BotToken: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/slack-bot-token)'
      Slack__SigningSecret: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/slack-signing-secret)'
    },
    // The model's key is put into the vault by hand, under this name.
    empty(modelEndpoint) ? {} : {
      Assistant__Model__Endpoint: modelEndpoint
      Assistant__Model__Name: modelName
      Assistant__Model__Key: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/chat-model-key)'
    },
    empty(keepRequests) ? {} : {
      Retention__Requests: keepRequests
    },
    empty(keepEvents) ? {} : {
      Retention__Events: keepEvents
    },
    empty(keepPersonalData) ? {} : {
      Retention__PersonalData: keepPersonalData
    },
    {
      // The Functions host and the orchestrations.
      AzureWebJobsStorage__accountName: storageName
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identityClientId
      AzureWebJobsDisableHomepage: 'true'
      APPLICATIONINSIGHTS_CONNECTION_STRING: insightsAddress
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
      // Which identity Azure's libraries use.
      AZURE_CLIENT_ID: identityClientId
      // The app's own sections.
      Host__PublicAddress: address
      Tables__Endpoint: tableEndpoint
      EventHubs__Namespace: eventsNamespace
      EventHubs__Hub: eventsHub
      KeyVault__Uri: vaultUri
      Mail__Endpoint: emailEndpoint
      Mail__FromAddress: emailSender
      Oidc__Issuers__0__Issuer: oidcIssuer
      Oidc__Issuers__0__Audience: oidcAudience
      Oidc__Issuers__0__RolesClaim: oidcRolesClaim
    }
  )
}

// Passwords for publishing would be a way in beside Entra ID.
resource publishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

resource ftp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

output name string = app.name
output address string = address
