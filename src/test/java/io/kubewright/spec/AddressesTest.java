package io.kubewright.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    @ParameterizedTest
    @CsvSource({
        "10.77.0.11, 10.77.0.11",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "::, ::",
        "::1, ::1",
        "FD00:0:0:0:0:0:0:1, fd00::1",
        "fd00:0:0:1:0:0:0:1, fd00:0:0:1::1",
        "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
        "1:0:3:4:5:6:7:8, 1:0:3:4:5:6:7:8",
        "fd00::, fd00::",
    })
    void anAddressIsWrittenInItsShortestForm(String text, String expected) {
        assertThat(IpAddress.parse(text)).hasToString(expected);
        assertThat(IpAddress.parse(expected)).isEqualTo(IpAddress.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "10.77.0", "10.77.0.256", "10.77.0.011", "10.77.0.11.1", "10.77.0.x", "localhost",
                        "::ffff:10.0.0.1",
                "fd00::1%eth0", ":::", "fd00::1::2", "12345::", "10.77.0.11/24", " 10.77.0.11", "1:2:3", "+1.0.0.0"
            })
    void whatIsNoAddressIsRefusedWithoutAskingAResolver(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IpAddress.parse(text))
                .withMessageContaining("address");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, loopback",
        "::1, loopback",
        "224.0.0.1, multicast",
        "ff02::1, multicast",
        "169.254.1.1, link-local",
        "fe80::1, link-local",
        "0.0.0.0, any",
        "0.1.2.3, any",
        "::, any",
        "240.0.0.1, reserved",
        "255.255.255.255, reserved",
    })
    void someAddressesCanBeNoHosts(String text, String reason) {
        assertThat(IpAddress.parse(text).unusable())
                .hasValueSatisfying(why -> assertThat(why).contains(reason));
        assertThat(IpAddress.parse("10.0.0.1").unusable()).isEmpty();
        assertThat(IpAddress.parse("fd00::1").unusable()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0",
                "10.0.0.1/8",
                "10.0.0.0/33",
                "10.0.0.0/",
                "10.0.0.0/08",
                "fd00::/129",
                "/8",
                "fd00::1/64"
            })
    void whatIsNoNetworkIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse(text));
    }

    @Test
    void aNetworkHoldsItsAddresses() {
        Cidr network = Cidr.parse("10.77.0.0/24");

        assertThat(network.last()).hasToString("10.77.0.255");
        assertThat(network.contains(IpAddress.parse("10.77.0.255"))).isTrue();
        assertThat(network.contains(IpAddress.parse("10.77.1.0"))).isFalse();
        assertThat(network.contains(IpAddress.parse("::a4d:1"))).isFalse();
        assertThat(network.overlaps(Cidr.parse("10.64.0.0/10"))).isTrue();
        assertThat(network.overlaps(Cidr.parse("0.0.0.0/0"))).isTrue();
        assertThat(network.overlaps(Cidr.parse("::/0"))).isFalse();
        assertThat(Cidr.around(IpAddress.parse("fd00:1:2:3::9"), 64)).hasToString("fd00:1:2:3::/64");
    }

    /** Two networks overlap exactly when one holds the other's first address; seeded, both families. */
    @Test
    void overlapIsContainmentOfAFirstAddress() {
        long seed = Long.getLong("addresses.seed", 77);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2000; i++) {
            Cidr one = network(random);
            Cidr other = network(random);
            boolean holds = one.contains(other.network()) || other.contains(one.network());
            assertThat(one.overlaps(other))
                    .as("%s and %s, seed %d", one, other, seed)
                    .isEqualTo(holds);
            assertThat(other.overlaps(one)).isEqualTo(holds);
            assertThat(Cidr.parse(one.toString())).isEqualTo(one);
        }
    }

    private static Cidr network(SplittableRandom random) {
        boolean ipv6 = random.nextInt(4) == 0;
        String base = ipv6 ? "fd00::" : "10.0.0.0";
        IpAddress address = IpAddress.parse(base).plus(random.nextInt(1 << 12));
        return Cidr.around(address, ipv6 ? random.nextInt(112, 129) : random.nextInt(18, 33));
    }

    @Test
    void aRangeDoesNotRunBackwardsOrAcrossFamilies() {
        IpAddress low = IpAddress.parse("10.0.0.1");
        IpAddress high = IpAddress.parse("10.0.0.9");

        assertThatIllegalArgumentException().isThrownBy(() -> new AddressRange(high, low));
        assertThatIllegalArgumentException().isThrownBy(() -> new AddressRange(low, IpAddress.parse("::1")));
        assertThat(new AddressRange(low, high).size()).isEqualTo(9);
        assertThat(AddressRange.of(low)).hasToString("10.0.0.1");
    }
}
