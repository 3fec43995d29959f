using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Links;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Links;

public sealed class ReviewLinksTests : IDisposable
{
    private static readonly ReviewLink Some = new(
        ReviewLinkKind.Decide, "r-0123456789abcdef0123456789abcdef", 3, 2, "bob", new DateTimeOffset(2026, 11, 21, 12, 0, 0, 500, TimeSpan.Zero), "link-0123456789abcdef0123456789abcdef");

    private readonly TemporaryDirectory _directory = new();
    private readonly List<ServiceProvider> _opened = [];

    public void Dispose()
    {
        foreach (var services in _opened) services.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void AToken_ReadsBack_AlsoInTheNextProcess()
    {
        var token = Open().Mint(Some);
        Assert.True(Open().TryRead(token, out var read));
        Assert.Equal(Some, read);
        var revoke = Some with { Kind = ReviewLinkKind.Revoke, Level = 0, ExpiresAt = DateTimeOffset.MaxValue.AddTicks(-9999) };
        Assert.True(Open().TryRead(Open().Mint(revoke), out read));
        Assert.Equal(revoke, read);
    }

    [Fact]
    public void AToken_OfTheLongestPerson_FitsAPath_AndIsUrlSafe()
    {
        var token = Open().Mint(Some with { Person = new string('p', 100), Revision = int.MaxValue, Level = int.MaxValue, ExpiresAt = DateTimeOffset.MaxValue });
        Assert.InRange(token.Length, 100, 400);
        Assert.All(token, c => Assert.True(char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
    }

    [Fact]
    public void ATokenThatWasAltered_IsForeign_WhereverItWasAltered()
    {
        var links = Open();
        var token = links.Mint(Some);
        for (var i = 0; i < token.Length; i++)
        {
            var altered = string.Concat(token.AsSpan(0, i), token[i] == 'A' ? "B" : "A", token.AsSpan(i + 1));

            // The last character may hold bits that are no part of the bytes.
            if (i < token.Length - 1) Assert.False(links.TryRead(altered, out _), $"altered at {i}");
        }

        Assert.False(links.TryRead(token[..^4], out _));
        Assert.False(links.TryRead($"{token}AAAA", out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("....")]
    [InlineData("not/a token+at all=")]
    [InlineData("QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB")]
    public void WhatIsNoToken_IsForeign(string token) => Assert.False(Open().TryRead(token, out _));

    [Fact]
    public void ATokenOfAnotherInstallation_IsForeign() => Assert.False(Open("other").TryRead(Open().Mint(Some), out _));

    [Fact]
    public void ProtectedForAnotherPurpose_ItIsForeign()
    {
        var protector = Services("link-keys").GetRequiredService<IDataProtectionProvider>().CreateProtector("AccessFunctions.Other");
        Assert.False(Open().TryRead(protector.Protect("something"), out _));
    }

    [Fact]
    public void KeysRotate_AndOldLinksAreStillRead_UntilTheirKeyIsRevoked()
    {
        var before = Open().Mint(Some);
        var keys = Services("link-keys").GetRequiredService<IKeyManager>();
        var old = Assert.Single(keys.GetAllKeys());
        Assert.InRange(old.ExpirationDate - old.CreationDate, TimeSpan.FromDays(89.9), TimeSpan.FromDays(90.1));

        keys.CreateNewKey(DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddDays(90));
        Assert.True(Open().TryRead(before, out _));
        Assert.Equal(2, keys.GetAllKeys().Count);

        keys.RevokeKey(old.KeyId, "known to somebody else");
        Assert.False(Open().TryRead(before, out _));
        Assert.True(Open().TryRead(Open().Mint(Some), out _));
    }

    [Fact]
    public void Keys_AreReadByTheirOwnerAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        _ = Open().Mint(Some);
        var path = _directory.File("link-keys");
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(path))));
    }

    [Fact]
    public void WhileTheKeysCannotBeRead_NothingIsSaidOfAToken()
    {
        var token = Open().Mint(Some);
        var services = new ServiceCollection().AddLogging();
        services.AddReviewLinks();
        services.Configure<KeyManagementOptions>(static options => options.XmlRepository = new Unreadable());
        using var provider = services.BuildServiceProvider();
        Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IReviewLinks>().TryRead(token, out _));
    }

    /// <summary>As a process of its own would: keys are read from their files.</summary>
    private IReviewLinks Open(string folder = "link-keys") => Services(folder).GetRequiredService<IReviewLinks>();

    private ServiceProvider Services(string folder)
    {
        var services = new ServiceCollection().AddLogging(static logging => logging.SetMinimumLevel(LogLevel.None));
        services.AddReviewLinks().KeepKeysIn(_directory.File(folder));
        _opened.Add(services.BuildServiceProvider());
        return _opened[^1];
    }

    private sealed class Unreadable : Microsoft.AspNetCore.DataProtection.Repositories.IXmlRepository
    {
        public IReadOnlyCollection<System.Xml.Linq.XElement> GetAllElements() => throw new IOException("away");

        public void StoreElement(System.Xml.Linq.XElement element, string friendlyName) => throw new IOException("away");
    }
}
