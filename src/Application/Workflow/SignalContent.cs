using System.Security.Cryptography;
using System.Text.Json;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Workflow;

/// <summary>
/// What a sender said, as a hash: the same signal id with the same content is a repeat, with other content it is refused (design,
/// section 4, rule 9). What the host adds (instant, address, facts, the policy found) may differ between the two and does not count.
/// </summary>
public static class SignalContent
{
    private static readonly SubmitFacts NoFacts = new() { RequesterActive = true, Approvers = [], EscalateTo = [] };
    private static readonly RequestPolicy NoPolicy = new() { AccessGroup = "", Mode = Mode.Allow };

    /// <summary>SHA-256 over the JSON of what the sender said, 32 bytes.</summary>
    public static byte[] Hash(Signal signal) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Bare(signal), DomainJson.Default.Signal));

    private static Signal Bare(Signal signal)
    {
        var said = signal switch
        {
            Submit submit => submit with { Facts = NoFacts, Policy = NoPolicy },
            DeclareEmergency emergency => emergency with { Facts = ActorFacts.Plain, Emergency = EmergencyFacts.None },
            PersonSignal person => person with { Facts = ActorFacts.Plain },
            _ => signal,
        };
        return said with { At = default, Address = null };
    }
}
