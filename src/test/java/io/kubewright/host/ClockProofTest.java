package io.kubewright.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What a reading of a clock is worth. */
class ClockProofTest {
    @Test
    void aReadingIsTakenHalfWay() {
        ClockProof.Reading reading = ClockProof.reading("1000.500000000\n", 1000.0, 0.4);
        assertThat(reading.offset()).isCloseTo(0.3, Offset.offset(1e-9));
        assertThat(reading.error()).isCloseTo(0.2, Offset.offset(1e-9));
    }

    @Test
    void aClockIsRedOnlyWhenNoErrorExplainsIt() {
        assertThat(ClockProof.judge("n1", new ClockProof.Reading(1.1, 0.2), 0).ok())
                .isTrue();
        assertThat(ClockProof.judge("n1", new ClockProof.Reading(-1.3, 0.2), 0).ok())
                .isFalse();
        assertThat(ClockProof.judge("n1", new ClockProof.Reading(7.0, 0.1), 7.0).ok())
                .isTrue();
    }
}
