using System.Text.Json.Nodes;
using AccessFunctions.Api.Assistants;

namespace AccessFunctions.Api.Tests.Assistants;

/// <summary>What the common forms of questions mean.</summary>
public sealed class QuestionsTests
{
    [Theory]
    [InlineData("does Erin have access to pg-prod/analytics.orders?", """check_access {"person":"Erin","resource":"pg-prod/analytics.orders"}""")]
    [InlineData("Hi, can you tell me if erin@example.com can read the table `pg-prod/analytics.orders` right now, please?", """check_access {"person":"erin@example.com","resource":"pg-prod/analytics.orders"}""")]
    [InlineData("Do I have access to pg-prod/analytics.orders?", """check_access {"person":"me","resource":"pg-prod/analytics.orders"}""")]
    [InlineData("is Erin Example allowed to access pg-prod/sales.\"2026.q1\"?", """check_access {"person":"Erin Example","resource":"pg-prod/sales.\"2026.q1\""}""")]
    [InlineData("has bob still access to vault/db-admin", """check_access {"person":"bob","resource":"vault/db-admin"}""")]
    [InlineData("Who has access to pg-prod/analytics.orders?", """check_access {"resource":"pg-prod/analytics.orders"}""")]
    [InlineData("who can read vault/db-admin?", """check_access {"resource":"vault/db-admin"}""")]
    [InlineData("show me everyone with access to vault/db-admin", """check_access {"resource":"vault/db-admin"}""")]
    [InlineData("What does Erin have access to?", """check_access {"person":"Erin"}""")]
    [InlineData("what access do I have", """check_access {"person":"me"}""")]
    [InlineData("what can bob access?", """check_access {"person":"bob"}""")]
    [InlineData("my access", """check_access {"person":"me"}""")]
    [InlineData("show erin's access", """check_access {"person":"erin"}""")]
    [InlineData("which rule applies to pg-prod/analytics?", """find_rule {"resources":["pg-prod/analytics"]}""")]
    [InlineData("who approves access to vault/db-admin as a credential?", """find_rule {"resources":["vault/db-admin"],"kind":"Credential"}""")]
    [InlineData("can I get access to pg-prod/analytics?", """find_rule {"resources":["pg-prod/analytics"]}""")]
    [InlineData("how do I get access to pg-prod/analytics", """find_rule {"resources":["pg-prod/analytics"]}""")]
    [InlineData("what can I ask for on pg-prod?", """list_resources {"platform":"pg-prod"}""")]
    [InlineData("which resources can I request?", "list_resources {}")]
    [InlineData("which requests wait for me?", """list_requests {"toReview":true}""")]
    [InlineData("what is waiting for my approval?", """list_requests {"toReview":true}""")]
    [InlineData("show my open requests", """list_requests {"requester":"me","status":"Open"}""")]
    [InlineData("list all active requests of erin on vault/ops", """list_requests {"requester":"erin","status":"Active","resource":"vault/ops"}""")]
    [InlineData("emergencies", """list_requests {"emergency":true}""")]
    [InlineData("what's the status of request r-0198c5e2?", """list_requests {"id":"r-0198c5e2"}""")]
    [InlineData("orphaned logins on pg-prod", """list_identities {"orphan":true,"platform":"pg-prod"}""")]
    [InlineData("who has admin rights on pg-prod?", """list_identities {"admin":true,"platform":"pg-prod"}""")]
    [InlineData("whose login is etl_job on pg-prod?", """list_identities {"text":"etl_job","platform":"pg-prod"}""")]
    [InlineData("identities of erin", """list_identities {"person":"erin"}""")]
    [InlineData("I need pg-prod/analytics as analyst for 2 hours because quarter-end check", """draft_request {"resources":["pg-prod/analytics"],"role":"analyst","justification":"quarter-end check","length":"2h","kind":"Role"}""")]
    [InlineData("I need pg-prod/analytics as a session for 30 minutes", """draft_request {"resources":["pg-prod/analytics"],"length":"30m","kind":"Session"}""")]
    [InlineData("I need pg-prod/analytics as role as analyst", """draft_request {"resources":["pg-prod/analytics"],"role":"analyst","kind":"Role"}""")]
    [InlineData("I'd like access to vault/ops for a week", """draft_request {"resources":["vault/ops"],"length":"7d"}""")]
    [InlineData("draft a request for vault/ops", """draft_request {"resources":["vault/ops"]}""")]
    public void CommonForms_AreUnderstood(string question, string meaning)
    {
        var understood = Questions.Understand(question);
        Assert.NotNull(understood);
        var (tool, arguments) = (meaning[..meaning.IndexOf(' ', StringComparison.Ordinal)], meaning[meaning.IndexOf(' ', StringComparison.Ordinal)..]);
        Assert.Equal(tool, understood.Tool);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(arguments), understood.Arguments), understood.Arguments.ToJsonString());
    }

    [Fact]
    public void Examples_AreUnderstood() => Assert.All(Questions.Examples, static example => Assert.NotNull(Questions.Understand(example)));

    [Theory]
    [InlineData("")]
    [InlineData("is it going to rain?")]
    [InlineData("approve everything that waits")]
    [InlineData("does Erin have access")]
    [InlineData("does Erin have access to pg-prod/orders and who gave it to her and why")]
    [InlineData("can erin write to pg-prod/orders?")]
    [InlineData("revoke erin's access to vault/db-admin")]
    public void WhatHasNoneOfTheForms_IsNotGuessedAt(string question) => Assert.Null(Questions.Understand(question));

    [Fact]
    public void LongNonsense_IsRefusedQuickly() => Assert.Null(Questions.Understand(string.Concat(Enumerable.Repeat("does who what access to a/b ", 36))));
}
