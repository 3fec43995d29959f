// The workspace of the logs. It is set twice: a rule of its own needs it to be there, and then it has to name the rule.

@description('Name of the workspace.')
@minLength(4)
@maxLength(63)
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('The data collection rule that changes rows before they are stored; empty: none yet.')
param ruleId string = ''

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
    defaultDataCollectionRuleResourceId: empty(ruleId) ? null : ruleId
  }
}

output id string = workspace.id
