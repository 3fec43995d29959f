using System.Text;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>Passwords of logins that live for one grant. They are in the store before the server is set to them, so a run after a crash sets the same.</summary>
internal sealed class LoginPasswords(ISecretStore secrets, PgConnections server)
{
    /// <summary>The grant's password, made where there is none.</summary>
    public async Task<string> Make(PlatformOrder order, CancellationToken cancellation) =>
        Encoding.UTF8.GetString(await secrets.GetOrAdd(PathOf(order), Encoding.UTF8.GetBytes(ScramVerifier.NewPassword()), cancellation));

    /// <summary>What the requester gets; null: there is no password.</summary>
    public async Task<ReleasedSecret?> Release(PlatformOrder order, string login, CancellationToken cancellation) =>
        await secrets.Get(PathOf(order), cancellation) is { } password ? Released.Login(login, Encoding.UTF8.GetString(password), server.Address) : null;

    public Task Forget(PlatformOrder order, CancellationToken cancellation) => secrets.Delete(PathOf(order), cancellation);

    private static string PathOf(PlatformOrder order) => $"grants/{order.GrantId}/password";
}
