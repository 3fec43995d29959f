using System.Security.Cryptography;
using AccessFunctions.Integrations.Vault;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Vault;

public sealed class VaultKeysTests : IDisposable
{
    private readonly TemporaryDirectory _data = new(), _elsewhere = new();

    public void Dispose()
    {
        _data.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public void Load_WithNothingSet_MakesAKeyForTheOwnerAloneAndWarns()
    {
        var made = Load();
        var file = _data.File(VaultKeys.LocalFile);
        Assert.Contains("data directory", Assert.Single(made.Warnings), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        var again = Load();
        Assert.Equal(made.Ring.Current.Id, again.Ring.Current.Id);
        Assert.Single(Directory.GetFiles(_data.Path));
    }

    [Fact]
    public void Load_FromTheVariable_TouchesNoFileAndWarnsOfNothing()
    {
        var loaded = Load(key: NewKey());
        Assert.Empty(loaded.Warnings);
        Assert.Empty(Directory.GetFiles(_data.Path));
    }

    [Fact]
    public void Load_OfSeveralKeys_TakesTheFirstAsCurrent()
    {
        var (current, older) = (NewKey(), NewKey());
        var loaded = Load(file: Write(_elsewhere.File("keys"), $"# rotated in spring\n{current}\n\n{older}\n"));
        Assert.Equal(Load(key: current).Ring.Current.Id, loaded.Ring.Current.Id);
        Assert.Contains(Load(key: older).Ring.Current.Id, loaded.Ring.Ids);
        Assert.Equal(loaded.Ring.Ids.Order(), Load(key: $"{current},{older}").Ring.Ids.Order());
        Assert.Empty(loaded.Warnings);
    }

    [Fact]
    public void Load_OnceTheKeyMovesOutside_StillOpensWhatTheLocalOneSealed()
    {
        var before = Load();
        var envelope = SecretEnvelope.Seal(before.Ring, "vault/a", "x"u8);
        var after = Load(key: NewKey());
        Assert.Equal("x"u8.ToArray(), SecretEnvelope.Open(after.Ring, "vault/a", envelope));
        Assert.NotEqual(before.Ring.Current.Id, after.Ring.Current.Id);
        Assert.Contains("still holds", Assert.Single(after.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfAFileInsideTheDataDirectory_Warns() =>
        Assert.Contains("inside the data directory", Assert.Single(Load(file: Write(_data.File("my.key"), NewKey())).Warnings), StringComparison.Ordinal);

    [Fact]
    public void Load_OfAFileThatOthersCanRead_Warns()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Files have no Unix mode on Windows.");
        var file = Write(_elsewhere.File("open"), NewKey(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Single(Load(file: file).Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("c2hvcnQ=")]
    [InlineData("# only a comment")]
    [InlineData("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMw==")]
    public void Load_OfAMalformedKey_SaysWhereAndHowWithoutIt(string text)
    {
        var refused = Assert.Throws<VaultKeyException>(() => Load(key: text));
        Assert.Contains(VaultKeys.Variable, refused.Message, StringComparison.Ordinal);
        Assert.Contains("openssl rand -base64 32", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(text, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfAMissingFile_SaysSo() =>
        Assert.Contains(VaultKeys.FileVariable, Assert.Throws<VaultKeyException>(() => Load(file: _elsewhere.File("none"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_WithBothVariables_IsRefused() => Assert.Throws<VaultKeyException>(() => Load(key: NewKey(), file: _elsewhere.File("keys")));

    private LoadedKeys Load(string? key = null, string? file = null) =>
        VaultKeys.Load(_data.Path, variable => variable switch
        {
            VaultKeys.Variable => key,
            VaultKeys.FileVariable => file,
            _ => null,
        });

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyEncryptionKey.Length));

    private static string Write(string path, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
        return path;
    }
}
