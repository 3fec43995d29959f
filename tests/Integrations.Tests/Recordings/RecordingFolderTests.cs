using System.Text;
using AccessFunctions.Integrations.Recordings;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Recordings;

/// <summary>What of a folder is a recording, and that nothing outside of it can be reached.</summary>
public sealed class RecordingFolderTests : IDisposable
{
    private readonly string _outside = Directory.CreateTempSubdirectory("access-outside-").FullName;
    private readonly string _root = Directory.CreateTempSubdirectory("access-recordings-").FullName;
    private readonly RecordingFolder _folder;
    private readonly RecordingCatalogue _catalogue;

    public RecordingFolderTests()
    {
        _folder = new RecordingFolder("rec", _root);
        _catalogue = new RecordingCatalogue("rec", _folder, NullLogger.Instance);
    }

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        Directory.Delete(_outside, recursive: true);
    }

    [Fact]
    public async Task Listed_AreRecordings_TheLastNamesFirst_AndNothingElse()
    {
        foreach (var name in new[] { "2026/10/a.mp4", "2026/11/b.webm", "2026/11/c.MKV", "d.cast", "e.txt", "page.html", "run.exe", "noending", ".hidden.mp4", ".git/f.mp4", "odd*name.mp4", "back\\slash.mp4", "a.yaml" })
            Write(name);
        Assert.Equal(["e.txt", "d.cast", "2026/11/c.MKV", "2026/11/b.webm", "2026/10/a.mp4"], (await _catalogue.All(default)).Select(static found => found.File.Path));
    }

    [Theory]
    [InlineData("../secret.mp4")]
    [InlineData("2026/../../secret.mp4")]
    [InlineData("/etc/secret.mp4")]
    [InlineData("./a.mp4")]
    [InlineData("2026//a.mp4")]
    [InlineData("..\\secret.mp4")]
    [InlineData("c:a.mp4")]
    [InlineData(".hidden.mp4")]
    [InlineData(".git/f.mp4")]
    [InlineData("page.html")]
    [InlineData("a.yaml")]
    [InlineData("nothing.mp4")]
    [InlineData("2026")]
    [InlineData("")]
    public async Task ANameThatIsNoRecordings_FindsNothing(string path)
    {
        Write("a.mp4");
        Write("2026/a.mp4");
        Write("page.html");
        Write("a.yaml");
        Write(".hidden.mp4");
        Write(".git/f.mp4");
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(_root)!, "secret.mp4"), "x");
        Assert.Null(await _catalogue.Find(path, default));
        File.Delete(Path.Combine(Path.GetDirectoryName(_root)!, "secret.mp4"));
    }

    [Fact]
    public async Task Links_AreNotFollowed_NeitherOfFilesNorOfFolders()
    {
        await File.WriteAllTextAsync(Path.Combine(_outside, "x.mp4"), "secret");
        File.CreateSymbolicLink(Path.Combine(_root, "file.mp4"), Path.Combine(_outside, "x.mp4"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "folder"), _outside);
        Write("a.mp4");
        Assert.Equal(["a.mp4"], (await _catalogue.All(default)).Select(static found => found.File.Path));
        Assert.Null(await _catalogue.Find("file.mp4", default));
        Assert.Null(await _catalogue.Find("folder/x.mp4", default));

        // One that became a link between looking and reading.
        var found = (await _folder.Find("a.mp4", default))!;
        File.Delete(Path.Combine(_root, "a.mp4"));
        File.CreateSymbolicLink(Path.Combine(_root, "a.mp4"), Path.Combine(_outside, "x.mp4"));
        await Assert.ThrowsAsync<Application.Ports.PlatformException>(() => _folder.Read(found, 0, 1, default));
    }

    [Fact]
    public async Task Reading_BeginsWhereItIsAsked_AndRefusesAnotherVersion()
    {
        Write("a.mp4", "0123456789");
        var found = (await _folder.Find("a.mp4", default))!;
        await using (var stream = await _folder.Read(found, 4, 3, default))
        {
            var bytes = new byte[3];
            await stream.ReadExactlyAsync(bytes);
            Assert.Equal("456", Encoding.ASCII.GetString(bytes));
        }

        Write("a.mp4", "another, longer one");
        await Assert.ThrowsAsync<Application.Ports.PlatformException>(() => _folder.Read(found, 0, 1, default));
    }

    [Theory]
    [InlineData("user: postgres\nhost: db7\nplatform: pg-prod\nstarted: 2026-11-02T09:00:00Z\nended: 2026-11-02T09:40:00Z\ndescription: Index rebuild\nextra: [1]", "Index rebuild · postgres on db7, pg-prod · 2026-11-02 09:00 to 09:40 UTC")]
    [InlineData("{ \"user\": \"root\", \"started\": \"2026-11-02T23:00:00+01:00\" }", "root · 2026-11-02 22:00 UTC")]
    [InlineData("started: 2026-11-02T23:00:00Z\nended: 2026-11-03T01:00:00Z", "2026-11-02 23:00 to 2026-11-03 01:00 UTC")]
    [InlineData("host: db7\nuser: 7\nstarted: yesterday", "on db7")]
    [InlineData("just words", null)]
    [InlineData("a: [", null)]
    [InlineData("", null)]
    public async Task ASidecar_SaysWhatItCan(string sidecar, string? words)
    {
        Write("a.mp4");
        Write(sidecar.StartsWith('{') ? "a.json" : "a.yaml", sidecar);
        Assert.Equal(words, RecordingCatalogue.Words(Assert.Single(await _catalogue.All(default)).About));
        Assert.Equal(words, RecordingCatalogue.Words((await _catalogue.Find("a.mp4", default))!.Value.About));
    }

    [Fact]
    public async Task ASidecarThatChanged_IsReadAgain()
    {
        Write("a.mp4");
        Write("a.yaml", "user: root");
        Assert.Equal("root", Assert.Single(await _catalogue.All(default)).About.User);
        Write("a.yaml", "user: postgres");
        Assert.Equal("postgres", Assert.Single(await _catalogue.All(default)).About.User);
    }

    [Fact]
    public async Task AFolderThatIsNotThere_IsAFailure_AndNotEmpty()
    {
        var catalogue = new RecordingCatalogue("rec", new RecordingFolder("rec", Path.Combine(_root, "none")), NullLogger.Instance);
        await Assert.ThrowsAsync<Application.Ports.PlatformException>(() => catalogue.All(default));
    }

    private void Write(string path, string text = "x")
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
