using System.Xml.Linq;
using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Secrets;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Integrations.Links;
using AccessFunctions.Tests.Shared;
using Azure;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AccessFunctions.Functions.Tests.Secrets;

public sealed class VaultLinkKeysTests
{
    private static readonly ReviewLink Link = new(ReviewLinkKind.Decide, "r-1", 1, 1, "bob", Some.Morning, "link-1");
    private readonly FakeSecretClient _vault = new();
    private readonly InMemoryChannelStore _rows = new();
    private readonly ManualTimeProvider _time = new(Some.Morning);

    [Fact]
    public void Links_AreReadByEveryInstance_WithKeysOfTheVault()
    {
        var token = Instance().Mint(Link);
        Assert.True(Instance().TryRead(token, out var read));
        Assert.Equal(Link, read);
        var name = Assert.Single(_vault.Secrets.Keys);
        Assert.StartsWith(VaultLinkKeys.Prefix, name, StringComparison.Ordinal);
    }

    [Fact]
    public void SecretsOfOthers_AreNotRead()
    {
        for (var i = 0; i < 5; i++) _vault.Secrets[$"access-functions-{i}-0"] = "not xml";
        var token = Instance().Mint(Link);
        _vault.BeforeCall = static (call, name) => Assert.False(call == "get" && name.StartsWith("access", StringComparison.Ordinal));
        Assert.True(Instance().TryRead(token, out _));
    }

    [Fact]
    public void AKeyThatIsDisabledOrDeleted_MakesItsLinksForeign()
    {
        var token = Instance().Mint(Link);
        var name = Assert.Single(_vault.Secrets.Keys);
        _vault.Disabled.Add(name);
        _time.Advance(VaultLinkKeys.Lease); // the next instance makes a key of its own, once the first is past its making
        Assert.False(Instance().TryRead(token, out _));
        _vault.Disabled.Clear();
        Assert.True(Instance().TryRead(token, out _));
        _vault.Secrets.Remove(name, out _);
        Assert.False(Instance().TryRead(token, out _));
    }

    [Fact]
    public void AKeyThatGoesWhileTheyAreListed_IsPassedOver()
    {
        _ = Instance().Mint(Link);
        _vault.BeforeCall = (call, name) =>
        {
            if (call == "get") _vault.Secrets.TryRemove(name, out _);
        };
        Assert.Empty(Keys().GetAllElements());
    }

    [Fact]
    public void WhileTheVaultDoesNotAnswer_NothingIsSaidOfALink()
    {
        var token = Instance().Mint(Link);
        _vault.BeforeCall = static (_, _) => throw new RequestFailedException(503, "busy");
        Assert.Throws<InvalidOperationException>(() => Instance().TryRead(token, out _));
    }

    [Fact]
    public async Task InstancesThatStartAtOnce_OverAnEmptyRing_MakeOneKey_AndReadEachOthersLinks()
    {
        // Each has read the empty ring before any of them stores.
        using var all = new Barrier(3);
        var reads = 0;
        _vault.BeforeCall = (call, _) =>
        {
            if (call == "list" && Interlocked.Increment(ref reads) <= 3) Assert.True(all.SignalAndWait(TimeSpan.FromSeconds(30)));
        };
        var instances = Enumerable.Range(0, 3).Select(_ => Instance()).ToList();
        var minting = Task.WhenAll(instances.Select(instance =>
            Task.Factory.StartNew(() => instance.Mint(Link), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        await Wait.Until(() =>
        {
            // Those that came second look again by the clock.
            if (!_vault.Secrets.IsEmpty) _time.Advance(TimeSpan.FromSeconds(1));
            return minting.IsCompleted;
        }, TimeSpan.FromSeconds(30), "all to have made a link");
        var tokens = await minting;
        Assert.Single(_vault.Secrets);
        Assert.All(instances, instance => Assert.All(tokens, token => Assert.True(instance.TryRead(token, out _))));
    }

    [Fact]
    public async Task AnInstanceThatDied_WhileItMadeTheFirstKey_IsWaitedForNoLongerThanItsLease()
    {
        _ = await _rows.Add(VaultLinkKeys.Set, "making", $"{_time.GetUtcNow():O}", DateTimeOffset.MaxValue, TestContext.Current.CancellationToken);
        var made = Task.Run(() => Instance().Mint(Link), TestContext.Current.CancellationToken);
        await Wait.Until(() =>
        {
            Assert.True(_vault.Secrets.IsEmpty || _time.GetUtcNow() >= Some.Morning + VaultLinkKeys.Lease);
            if (_time.ArmedTimers > 0) _time.Advance(TimeSpan.FromSeconds(1));
            return made.IsCompleted;
        }, TimeSpan.FromSeconds(30), "the lease to end");
        Assert.True(Instance().TryRead(await made, out _));
        Assert.Single(_vault.Secrets);
    }

    [Fact]
    public void AVaultThatDoesNotTakeTheFirstKey_LetsTheNextTryMakeIt()
    {
        _vault.BeforeCall = static (call, _) =>
        {
            if (call == "set") throw new RequestFailedException(503, "busy");
        };
        Assert.ThrowsAny<Exception>(() => Instance().Mint(Link));
        _vault.BeforeCall = null;
        Assert.True(Instance().TryRead(Instance().Mint(Link), out _));
    }

    [Fact]
    public void AKeyForLater_AndARevocation_AreStoredAsTheyCome()
    {
        var keys = Keys();
        _ = keys.GetAllElements();
        foreach (var days in new[] { 0, 0, 2, 2 }) keys.StoreElement(Key(days), $"key-{days}");
        keys.StoreElement(new XElement("revocation"), "revocation");
        Assert.Equal(4, _vault.Secrets.Count);
    }

    private static XElement Key(int days) => new("key", new XElement("creationDate", Some.Morning), new XElement("activationDate", Some.Morning.AddDays(days)));

    private VaultLinkKeys Keys() => new(_vault, _rows, _time);

    private IReviewLinks Instance()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddReviewLinks();
        services.Configure<KeyManagementOptions>(options => options.XmlRepository = Keys());
        return services.BuildServiceProvider().GetRequiredService<IReviewLinks>();
    }
}
