using AccessFunctions.Application.Directory;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Ports;

/// <summary>One way to reach people, such as e-mail or Slack. Several may be configured; each gets every notice.</summary>
public interface INotificationChannel
{
    string Name { get; }

    /// <summary>Sends; idempotent by <see cref="Notice.Id"/> and recipient. Throws to be called again later.</summary>
    /// <returns>False where this channel has no address for the recipient: the notice is then done, and undelivered.</returns>
    Task<bool> Send(Notice notice, CancellationToken cancellation);
}

/// <summary>A notice ready to be rendered.</summary>
/// <param name="Id">Stable: <c>{request}-{effect}</c>.</param>
/// <param name="Effect">What is told.</param>
/// <param name="Request">The request as it is when the notice is sent.</param>
/// <param name="To">The reader.</param>
/// <param name="People">Finds the people the text names.</param>
public sealed record Notice(string Id, Notify Effect, AccessRequest Request, Person To, IPeople People);

/// <summary>The page address of the product, for links in notices; no tokens.</summary>
public sealed record PublicAddress(Uri Root);
