using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Functions.Hosting;

/// <summary>The configuration folder, which is opened before the first call (<see cref="StartUp"/>) and closed with the process.</summary>
internal sealed class OpenedConfiguration : IDisposable
{
    private ConfigurationFolder? _folder;

    /// <summary>The open folder.</summary>
    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    public ConfigurationFolder Folder
    {
        get => _folder ?? throw new InvalidOperationException("The configuration is used before the host has started.");
        set => _folder = value;
    }

    public void Dispose() => _folder?.Dispose();
}
