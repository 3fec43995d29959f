// Where logs and metrics go: a workspace that stores no tokens of links, and Application Insights on it.

@description('Name of the workspace.')
@minLength(4)
@maxLength(63)
param workspaceName string

@description('Name of the rule that takes tokens out of what the workspace stores.')
@minLength(3)
@maxLength(64)
param ruleName string

@description('Name of the Application Insights component.')
@minLength(1)
@maxLength(255)
param insightsName string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param retentionDays int

// The Functions host records the address of each call, and that of a link in a mail is its token. Only functions that transformations know
// (https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations-kql): replace_regex is none of them.
var name = 'Name = iif(Name contains "/review/", strcat(substring(Name, 0, indexof(tolower(Name), "/review/")), "/review/-"), Name)'
var operation = 'OperationName = iif(OperationName contains "/review/", strcat(substring(OperationName, 0, indexof(tolower(OperationName), "/review/")), "/review/-"), OperationName)'
var properties = 'Properties = iif(tostring(Properties) contains "/review/", parse_json("{}"), Properties)'
var url = 'Url = iif(Url contains "/review/", strcat(substring(Url, 0, indexof(tolower(Url), "/review/")), "/review/-"), Url)'
// So is what a provider sends the browser back with the code of a sign-in.
var callbackName = 'Name = iif(Name contains "/signin/callback?", strcat(substring(Name, 0, indexof(tolower(Name), "/signin/callback?")), "/signin/callback"), Name)'
var callbackOperation = 'OperationName = iif(OperationName contains "/signin/callback?", strcat(substring(OperationName, 0, indexof(tolower(OperationName), "/signin/callback?")), "/signin/callback"), OperationName)'
var callbackProperties = 'Properties = iif(tostring(Properties) contains "/signin/callback", parse_json("{}"), Properties)'
var callbackUrl = 'Url = iif(Url contains "/signin/callback?", strcat(substring(Url, 0, indexof(tolower(Url), "/signin/callback?")), "/signin/callback"), Url)'
var callbackData = 'Data = iif(Data contains "/signin/callback?", strcat(substring(Data, 0, indexof(tolower(Data), "/signin/callback?")), "/signin/callback"), Data)'
var data = 'Data = iif(Data contains "/review/", strcat(substring(Data, 0, indexof(tolower(Data), "/review/")), "/review/-"), Data)'

module workspace 'workspace.bicep' = {
  name: 'workspace'
  params: {
    name: workspaceName
    location: location
    tags: tags
    retentionDays: retentionDays
  }
}

resource rule 'Microsoft.Insights/dataCollectionRules@2023-03-11' = {
  name: ruleName
  location: location
  tags: tags
  kind: 'WorkspaceTransforms'
  properties: {
    dataSources: {}
    destinations: {
      logAnalytics: [
        {
          name: 'workspace'
          workspaceResourceId: workspace.outputs.id
        }
      ]
    }
    dataFlows: [
      {
        streams: ['Microsoft-Table-AppRequests']
        destinations: ['workspace']
        transformKql: 'source | extend ${url}, ${name}, ${operation}, ${properties} | extend ${callbackUrl}, ${callbackName}, ${callbackOperation}, ${callbackProperties}'
      }
      {
        streams: ['Microsoft-Table-AppDependencies']
        destinations: ['workspace']
        transformKql: 'source | extend ${data}, ${name}, ${operation}, ${properties} | extend ${callbackData}, ${callbackName}, ${callbackOperation}, ${callbackProperties}'
      }
    ]
  }
}

module ruled 'workspace.bicep' = {
  name: 'workspace-with-rule'
  params: {
    name: workspaceName
    location: location
    tags: tags
    retentionDays: retentionDays
    ruleId: rule.id
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    // The one that has the rule: nothing is sent here before it is in force.
    WorkspaceResourceId: ruled.outputs.id
    // With this the connection string below names a place and opens nothing: whoever writes there needs a role.
    DisableLocalAuth: true
  }
}

output workspaceId string = ruled.outputs.id
output insightsName string = insights.name
output insightsAddress string = insights.properties.ConnectionString
