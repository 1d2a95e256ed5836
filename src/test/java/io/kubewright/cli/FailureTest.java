package io.kubewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.bundle.BundleException;
import io.kubewright.cluster.ClusterException;
import io.kubewright.engine.TargetException;
import io.kubewright.kubeapi.ApiException;
import io.kubewright.spec.Code;
import io.kubewright.spec.Problem;
import io.kubewright.spec.SpecException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureTest {
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new CommandException(ExitCode.REFUSED, "m", "h"), ExitCode.REFUSED),
                Arguments.of(problem(Code.UNKNOWN_KEY), ExitCode.USAGE),
                Arguments.of(new BundleException(BundleException.Code.NOT_A_BUNDLE, "m", "h"), ExitCode.USAGE),
                Arguments.of(new BundleException(BundleException.Code.NOT_IN_BUNDLE, "m", "h"), ExitCode.REFUSED),
                Arguments.of(new BundleException(BundleException.Code.BUILD_FAILED, "m", "h"), ExitCode.FAILED),
                Arguments.of(new ClusterException(ClusterException.Code.FOREIGN_LAB, "m", "h"), ExitCode.REFUSED),
                Arguments.of(new ApiException(ApiException.Code.DEADLINE, "m", "h"), ExitCode.FAILED),
                Arguments.of(new TargetException("n1", TargetException.Code.HOST_KEY, "m", "h"), ExitCode.FAILED),
                Arguments.of(new InterruptedException(), ExitCode.INTERRUPTED),
                Arguments.of(new ExecutionException(new InterruptedException()), ExitCode.INTERRUPTED),
                Arguments.of(new UncheckedIOException("disk full", new IOException()), ExitCode.FAILED));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void everyRoomsExceptionHasItsExitCode(Exception thrown, ExitCode code) {
        Failure failure = Failure.of(thrown);
        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.internal()).isFalse();
    }

    @Test
    void whatNobodyKnowsIsAFaultOfOurs() {
        Failure failure = Failure.of(new IllegalStateException("x", new NullPointerException("y")));
        assertThat(failure.code()).isEqualTo(ExitCode.FAILED);
        assertThat(failure.internal()).isTrue();
        assertThat(failure.message()).contains("IllegalStateException: x");
    }

    @Test
    void problemsOfAFileKeepTheirPlaces() {
        Failure failure = Failure.of(problem(Code.UNKNOWN_KEY));
        assertThat(failure.message()).contains("nothing was touched", "c.yaml:3:5: no such key");
        assertThat(failure.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.line()).isEqualTo(3);
            assertThat(problem.column()).isEqualTo(5);
        });
    }

    private static SpecException problem(Code code) {
        return new SpecException(
                List.of(new Problem(code, "c.yaml", 3, 5, "no such key", "did you mean hosts?", "    hots: []")));
    }
}
