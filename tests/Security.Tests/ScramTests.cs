using System.Text;
using Moldau.Core.Scram;

namespace Moldau.Security.Tests;

/// <summary>The example of RFC 7677, what Apache Kafka accepts and refuses, and what a server must not let pass.</summary>
public sealed class ScramTests
{
    private static readonly byte[] Salt = Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ==");

    [Fact]
    public void The_exchange_of_rfc_7677_is_made_to_the_letter()
    {
        var mechanism = ScramMechanism.Sha256;
        var first = ScramClientFirst.Create("user", "rOprNGfwEbeRWgbNEkqO", withToken: false);
        var challenge = new ScramServerFirst("rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", Salt, 4096);
        var final = ScramClientFinal.Create(first, challenge.Nonce);
        var signed = ScramKeys.AuthMessage(first, challenge, final);
        var salted = ScramKeys.SaltedPassword(mechanism, "pencil", Salt, 4096);
        var credential = ScramCredential.FromPassword(mechanism, "pencil", Salt, 4096);

        var proof = ScramKeys.ClientProof(mechanism, ScramKeys.ClientKey(mechanism, salted), signed);

        final.With(proof).ToString().ShouldEndWith(",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        ScramServerFinal.Signed(ScramKeys.ServerSignature(mechanism, credential.ServerKey.Span, signed)).ToString()
            .ShouldBe("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        ScramKeys.VerifyProof(mechanism, credential.StoredKey.Span, signed, proof).ShouldBeTrue();
    }

    [Fact]
    public void A_wrong_proof_and_one_of_the_wrong_length_are_refused()
    {
        var mechanism = ScramMechanism.Sha512;
        var stored = new byte[mechanism.HashSizeBytes];
        ScramKeys.VerifyProof(mechanism, stored, "signed"u8, new byte[mechanism.HashSizeBytes]).ShouldBeFalse();
        ScramKeys.VerifyProof(mechanism, stored, "signed"u8, []).ShouldBeFalse();
        ScramKeys.VerifyProof(mechanism, stored, "signed"u8, new byte[mechanism.HashSizeBytes + 1]).ShouldBeFalse();
    }

    [Theory]
    [InlineData("n,,n=user,r=abc")]
    [InlineData("n,a=adm,n=user,r=abc")]
    [InlineData("n,,m=x,n=user,r=abc")]
    [InlineData("n,,n=user,r=abc,a=b")]
    public void A_well_formed_first_message_is_read(string text)
    {
        ScramClientFirst.TryParse(Encoding.UTF8.GetBytes(text), out var message).ShouldBeTrue();
        message!.UserName.ShouldBe("user");
        message.Nonce.ShouldBe("abc");
    }

    [Theory]
    [InlineData("")]
    [InlineData("y,,n=user,r=abc")]
    [InlineData("p=tls-unique,,n=user,r=abc")]
    [InlineData("n,,n=u,ser,r=abc")]
    [InlineData("n,,n=user")]
    [InlineData("n,,r=abc,n=user")]
    [InlineData("n,,n=user,r=abc,")]
    [InlineData("n,,n=us=er,r=abc")]
    [InlineData("n,,n=,r=abc")]
    [InlineData("n,,n=user,r=abc\n")]
    public void A_malformed_first_message_is_refused(string text) => ScramClientFirst.TryParse(Encoding.UTF8.GetBytes(text), out _).ShouldBeFalse();

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        byte[] bytes = [0xff, 0xfe, 0x00];
        ScramClientFirst.TryParse(bytes, out _).ShouldBeFalse();
        ScramServerFirst.TryParse(bytes, out _).ShouldBeFalse();
        ScramClientFinal.TryParse(bytes, out _).ShouldBeFalse();
        ScramServerFinal.TryParse(bytes, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("r=a,s=QQ==,i=0")]
    [InlineData("r=a,s=QQ==,i=99999999999")]
    [InlineData("r=a,s=QQ=,i=4096")]
    public void A_first_message_of_a_server_that_makes_no_sense_is_refused(string text) =>
        ScramServerFirst.TryParse(Encoding.UTF8.GetBytes(text), out _).ShouldBeFalse();

    [Fact]
    public void A_user_name_with_comma_and_equals_sign_survives()
    {
        var message = ScramClientFirst.Create("a=b,c", "abc", withToken: true);
        message.SaslName.ShouldBe("a=3Db=2Cc");
        ScramClientFirst.TryParse(Encoding.UTF8.GetBytes(message.ToString()), out var read).ShouldBeTrue();
        read!.UserName.ShouldBe("a=b,c");
        read.IsTokenAuthenticated.ShouldBeTrue();
        read.Bare.ShouldBe(message.Bare);
    }

    [Fact]
    public void The_text_of_a_credential_is_read_back()
    {
        var credential = ScramCredential.FromPassword(ScramMechanism.Sha256, "pencil", Salt, 4096);
        credential.ToText().ShouldBe("salt=W22ZaJ0SNY7soEsUEjb6gQ==,stored_key=WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,"
            + "server_key=wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=,iterations=4096");
        ScramCredential.TryParse(credential.ToText(), out var read).ShouldBeTrue();
        read!.ToText().ShouldBe(credential.ToText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("salt=QQ==,stored_key=QQ==,server_key=QQ==")]
    [InlineData("salt=QQ==,stored_key=QQ==,server_key=QQ==,iterations=x")]
    [InlineData("salt=!,stored_key=QQ==,server_key=QQ==,iterations=4096")]
    [InlineData("salt=QQ==,salt=QQ==,server_key=QQ==,iterations=4096")]
    [InlineData("salt=QQ==,stored_key=QQ==,server_key=QQ==,iterations=1,more=1")]
    public void A_text_that_is_no_credential_is_refused(string text) => ScramCredential.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_mechanism_is_found_by_its_exact_name()
    {
        ScramMechanism.TryFind("SCRAM-SHA-512", out var found).ShouldBeTrue();
        found.ShouldBe(ScramMechanism.Sha512);
        ScramMechanism.TryFind("scram-sha-512", out _).ShouldBeFalse();
    }
}
