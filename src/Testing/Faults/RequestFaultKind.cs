namespace Moldau.Testing;

/// <summary>What a <see cref="RequestFault"/> does.</summary>
internal enum RequestFaultKind
{
    /// <summary>Answers with an error, and does nothing else.</summary>
    Fail,

    /// <summary>Serves the request later.</summary>
    Delay,

    /// <summary>Serves the request, and answers later.</summary>
    DelayAnswer,

    /// <summary>Cuts the connection before the request is served.</summary>
    LoseRequest,

    /// <summary>Serves the request and cuts the connection in place of an answer.</summary>
    LoseAnswer,

    /// <summary>Never answers, and serves nothing.</summary>
    Hang,
}
