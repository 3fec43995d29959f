using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Tests.Live;
using Xunit;

namespace AccessFunctions.Integrations.Tests.BigQuery;

/// <summary>
/// What the adapter promises, run against <see cref="BigQueryServer"/> and, with <c>--live</c> and unchanged, against a real project. The calls are those of "REST Resource: datasets"
/// (https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets) and "REST Resource: tables" (…/rest/v2/tables).
/// </summary>
[Trait(LiveAccount.Trait, "yes")]
public sealed class BigQueryLiveTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Role_GivenTwiceMovedAndTakenTwice_AppearsUntilItsEndAndVanishes(bool onTable)
    {
        await using var project = await BigQueryProjectUnderTest.Open();
        var order = project.Order(onTable ? project.Table : null);
        Assert.False((await project.Platform.ReadBack(order, Cancellation)).Present);
        try
        {
            await project.Platform.Grant(order, Cancellation);
            await project.Platform.Grant(order, Cancellation);
            var later = order with { End = order.End.AddHours(1) };
            await project.Platform.Extend(later, Cancellation);
            var found = await project.Platform.ReadBack(order, Cancellation);
            Assert.True(found.Present);
            Assert.Contains(Integrations.BigQuery.BigQueryOrder.Expression(later.End), found.Evidence, StringComparison.Ordinal);
        }
        finally
        {
            await project.Platform.Revoke(order, Cancellation);
        }

        await project.Platform.Revoke(order, Cancellation);
        var gone = await project.Platform.ReadBack(order, Cancellation);
        Assert.False(gone.Present);
        Assert.Contains("no entry titled access-functions/", gone.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Facts_TellTheResourcesAndTheGrantsEntry()
    {
        await using var project = await BigQueryProjectUnderTest.Open();
        var order = project.Order();
        var footprint = project.Platform.Footprint(order)!;
        await project.Platform.Grant(order, Cancellation);
        try
        {
            var facts = await project.Facts(Cancellation);
            Assert.Contains(new ResourceFact($"bq-prod/{project.Dataset}", "dataset"), facts);
            Assert.Contains(new ResourceFact($"bq-prod/{project.Table}", "table"), facts);
            Assert.Contains(new MembershipFact(footprint.Identity!, footprint.Role!), facts);
            Assert.Contains(facts, fact => fact is PrivilegeFact given && given.Grantee == footprint.Role && given.Privileges.Contains("roles/bigquery.dataViewer"));
            Assert.Contains(await project.Platform.Identities(Cancellation), identity => identity.Name == footprint.Identity);
        }
        finally
        {
            await project.Platform.Revoke(order, Cancellation);
        }
    }

    [Fact]
    public async Task WhatIsNotThere_IsRefusedForGood_AndNothingIsFoundOfIt()
    {
        await using var project = await BigQueryProjectUnderTest.Open();
        foreach (var order in (Domain.Requests.PlatformOrder[])[project.Order("no_such_dataset"), project.Order($"{project.Dataset}.no such table"), project.Order(project.Dataset, "nobody@no-such-domain.invalid")])
        {
            Assert.True((await Assert.ThrowsAsync<PlatformException>(() => project.Platform.Grant(order, Cancellation))).Permanent);
            await project.Platform.Revoke(order, Cancellation);
            Assert.False((await project.Platform.ReadBack(order, Cancellation)).Present);
        }
    }

    [Fact]
    public async Task WhatCanBeAskedFor_IsListed()
    {
        await using var project = await BigQueryProjectUnderTest.Open();
        var resources = (await project.Platform.Resources(Cancellation)).Select(static one => one.Resource).ToList();
        Assert.Contains($"bq-prod/{project.Dataset}", resources);
        Assert.Contains($"bq-prod/{project.Table}", resources);
    }
}
