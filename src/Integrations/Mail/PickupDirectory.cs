namespace AccessFunctions.Integrations.Mail;

/// <summary>Puts mails into a directory as files that only their owner reads.</summary>
internal static class PickupDirectory
{
    /// <summary>Writes one mail, over an earlier one of that name; it is there whole or not at all.</summary>
    public static async Task Write(string directory, string name, byte[] mail, CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var temporary = Path.Combine(directory, $".{Guid.NewGuid():n}.tmp");
        try
        {
            var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
            if (!OperatingSystem.IsWindows()) file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using (var stream = new FileStream(temporary, file))
            {
                await stream.WriteAsync(mail, cancellation);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, Path.Combine(directory, name), overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
