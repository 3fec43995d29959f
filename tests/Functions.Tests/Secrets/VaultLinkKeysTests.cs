using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Secrets;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Integrations.Links;
using Azure;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AccessFunctions.Functions.Tests.Secrets;

public sealed class VaultLinkKeysTests
{
    private static readonly ReviewLink Link = new(ReviewLinkKind.Decide, "r-1", 1, 1, "bob", Some.Morning, "link-1");
    private readonly FakeSecretClient _vault = new();

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
        Assert.Empty(new VaultLinkKeys(_vault).GetAllElements());
    }

    [Fact]
    public void WhileTheVaultDoesNotAnswer_NothingIsSaidOfALink()
    {
        var token = Instance().Mint(Link);
        _vault.BeforeCall = static (_, _) => throw new RequestFailedException(503, "busy");
        Assert.Throws<InvalidOperationException>(() => Instance().TryRead(token, out _));
    }

    private IReviewLinks Instance()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddReviewLinks();
        services.Configure<KeyManagementOptions>(options => options.XmlRepository = new VaultLinkKeys(_vault));
        return services.BuildServiceProvider().GetRequiredService<IReviewLinks>();
    }
}
