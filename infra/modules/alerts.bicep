// What somebody has to hear of, by e-mail, without looking. Each rule rests on words that are logged; the comment says who logs them.

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Begins the names of the rules.')
@minLength(1)
@maxLength(64)
param prefix string

@description('Id of the workspace that the rules query.')
param workspaceId string

@description('Who is told.')
@minLength(3)
@maxLength(320)
param email string

var rules = [
  {
    // src/Functions/Audit/AlarmingRequestStore.cs logs the event type of src/Domain/Audit/EventTypes.cs.
    name: 'revocation-failing'
    text: 'Access that has ended cannot be taken away. It is tried on for ever; somebody has to look at the platform.'
    severity: 0
    query: 'AppTraces | where Message contains "An event to act on was audited" and Message contains "access.grant.revocation-failing"'
    above: 0
  }
  {
    // The same.
    name: 'emergency'
    text: 'Access was taken without approval, or its review is overdue, or no approver could be told of it.'
    severity: 1
    query: 'AppTraces | where Message contains "An event to act on was audited" and Message contains "access.request.emergency-"'
    above: 0
  }
  {
    // src/Application/Reconciler.cs logs the drift; the audit trail has what was found.
    name: 'drift'
    text: 'A platform has access that had ended, or lacks access that is active, and nobody did that through here.'
    severity: 1
    query: 'AppTraces | where Message contains "access: grant" and Message contains "the audit trail has what was found"'
    above: 0
  }
  {
    // src/Functions/Timers/AuditResender.cs, which runs every five minutes and says how many streams it could not send.
    name: 'audit-backlog'
    text: 'Audit events have not reached Event Hubs for a quarter of an hour. None is lost; they are sent when it answers again.'
    severity: 2
    query: 'AppTraces | where Message contains "Audit backlog:"'
    above: 1
  }
  {
    // src/Functions/Timers/UnsettledResender.cs, after ten tries and then once an hour.
    name: 'signal-stuck'
    text: 'Something that a person did (an approval, a cancellation) was accepted and cannot be carried out.'
    severity: 1
    query: 'AppTraces | where Message contains "An accepted signal does not settle"'
    above: 0
  }
  {
    // The Durable Task extension's own words for an orchestration that failed; and the warnings of those who find one gone and start another:
    // src/Functions/Requests/LostOrchestrations.cs, src/Functions/Requests/DurableWorkflow.cs.
    name: 'orchestration-failed'
    text: 'The orchestration of a request broke off. A timer starts it again; where it cannot, deadlines of that request are not kept.'
    severity: 1
    query: 'AppTraces | where Message contains "Function \'RequestOrchestration (Orchestrator)\' failed with an error" or (SeverityLevel >= 2 and Message contains "orchestration of request")'
    above: 0
  }
]

var byRequest = ' | extend Request = coalesce(extract("(r-[0-9a-f]+)", 1, Message), "none")'

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${prefix}-people'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'access'
    enabled: true
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${prefix}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${prefix}: ${rule.name}'
      description: rule.text
      severity: rule.severity
      enabled: true
      evaluationFrequency: 'PT5M'
      // Longer than the interval, because log lines arrive late. An alert that is on is told once.
      windowSize: 'PT15M'
      scopes: [workspaceId]
      // The table appears with the first log line, which may be after the first deployment.
      skipQueryValidation: true
      autoMitigate: true
      criteria: {
        allOf: [
          {
            query: '${rule.query}${byRequest}'
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: rule.above
            // One alert per request, so that the second is not taken for the first.
            dimensions: [
              {
                name: 'Request'
                operator: 'Include'
                values: ['*']
              }
            ]
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [people.id]
      }
    }
  }
]
