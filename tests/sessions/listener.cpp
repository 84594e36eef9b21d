// SPDX-License-Identifier: MIT
#include "listener.hpp"

#include <cstdlib>
#include <gtest/gtest.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

#include "host/heap.hpp"
#include "shell/answer/options.hpp"
#include "shell/cpp/access_check.hpp"

namespace heap44::test {

namespace {

// Between what is sent from the process of a session; JSON and text have no such characters.
constexpr char end_of_item = '\x1f';
constexpr char end_of_line = '\x1e';

std::string bytes_of(std::span<const std::byte> memory) {
    return {reinterpret_cast<const char*>(memory.data()), memory.size()};
}

/// The session itself, which ends with its process.
std::string run(const std::vector<Form>& forms, const std::vector<std::string>& lines,
                const std::function<void(Listened& session)>& prepare) {
    static RichMachine machine;
    static QuietTerminal terminal;
    static shell::Session session;
    static const shell::Options options;
    mm::Heap& heap = host::make_heap(default_heap_size);
    machine.set_heap(heap.start(), heap.end());
    shell::watch_accesses(heap, machine, host::guard());
    static shell::Interpreter interpreter(heap, terminal, host::guard(), machine, session, options,
                                          &host::make_journal(machine));
    Listened listened{interpreter, heap, terminal};
    if (prepare) prepare(listened);
    static std::array<Sheet, shell::Interpreter::most_channels> sheets;
    static std::vector<std::unique_ptr<shell::TextRenderer>> texts;
    static std::vector<std::unique_ptr<shell::JsonRenderer>> jsons;
    for (std::size_t index = 0; index < forms.size(); ++index) {
        if (forms[index] == Form::text) {
            texts.push_back(
                std::make_unique<shell::TextRenderer>(sheets[index], interpreter.view()));
            interpreter.add_channel(*texts.back());
        } else {
            jsons.push_back(
                std::make_unique<shell::JsonRenderer>(sheets[index], interpreter.view()));
            interpreter.add_channel(*jsons.back());
        }
    }
    std::string sent;
    for (const std::string& line : lines) {
        session.history.add(line);
        interpreter.run_line(line);
        for (std::size_t index = 0; index < forms.size(); ++index) {
            sent += sheets[index].text() + end_of_item;
            sheets[index].clear();
        }
        sent += end_of_line;
    }
    sent += std::to_string(terminal.served()) + end_of_line;
    return sent + bytes_of(heap.region()) + bytes_of(heap.records());
}

std::string take_until(std::string& text, char end) {
    const std::size_t size = text.find(end);
    if (size == std::string::npos) throw std::runtime_error("the session's process has died");
    const std::string taken = text.substr(0, size);
    text.erase(0, size + 1);
    return taken;
}

}  // namespace

std::string Outcome::all(std::size_t channel) const {
    std::string text;
    for (const auto& line : heard) text += line[channel];
    return text;
}

Outcome listen(const std::vector<Form>& forms, const std::vector<std::string>& lines,
               const std::function<void(Listened& session)>& prepare) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    const pid_t child = fork();
    if (child == 0) {
        const std::string sent = run(forms, lines, prepare);
        for (std::size_t done = 0; done < sent.size();) {
            const ssize_t size = write(ends[1], sent.data() + done, sent.size() - done);
            if (size <= 0) std::_Exit(1);
            done += static_cast<std::size_t>(size);
        }
        std::_Exit(0);
    }
    close(ends[1]);
    std::string received;
    std::array<char, 65536> some;
    for (ssize_t size = 0; (size = read(ends[0], some.data(), some.size())) > 0;) {
        received.append(some.data(), static_cast<std::size_t>(size));
    }
    close(ends[0]);
    waitpid(child, nullptr, 0);
    Outcome outcome;
    for (std::size_t line = 0; line < lines.size(); ++line) {
        auto& heard = outcome.heard.emplace_back();
        for (std::size_t index = 0; index < forms.size(); ++index) {
            heard.push_back(take_until(received, end_of_item));
        }
        if (!take_until(received, end_of_line).empty()) throw std::runtime_error("out of step");
    }
    outcome.interrupts_served = std::stoi(take_until(received, end_of_line));
    outcome.heap = received;
    return outcome;
}

}  // namespace heap44::test

namespace heap44 {

host::HostMachine& host::machine() {
    static test::RichMachine the_machine;
    return the_machine;
}

}  // namespace heap44

// The host program's operators new and delete take from malloc what the tests themselves ask for.
extern "C" const char* __asan_default_options() {
    return "alloc_dealloc_mismatch=0:detect_leaks=0";
}

int main(int count, char** words) {
    testing::InitGoogleTest(&count, words);
    return RUN_ALL_TESTS();
}
