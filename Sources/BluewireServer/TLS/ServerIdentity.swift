//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import NIOCore
import NIOSSL
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Certificate and key of the listener as they are on disk now.
///
/// Every handshake asks for the current pair, so a renewed certificate needs no restart. A pair that does not fit, as
/// between the writing of two files, changes nothing.
final class ServerIdentity: Sendable {
    private struct Pair {
        var chain: [NIOSSLCertificate]
        var key: NIOSSLPrivateKey
        var stamps: [FileStamp]
    }

    private let files: TLSFiles
    private let authorities: [NIOSSLCertificate]
    private let current: Mutex<Pair>

    /// Reads the files.
    ///
    /// - Throws: ``ServerError`` with code ``ServerError/Code/certificate``, naming the file.
    init(_ files: TLSFiles) throws(ServerError) {
        self.files = files
        let pair = try Self.load(files)
        current = Mutex(pair)
        authorities = try files.clientAuthority.map(Self.certificates) ?? []
        do {
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ServerError(
                unusable: files.key, because: "it does not belong to the certificate \(files.certificate)",
                remedy: "Name the key the certificate was made for.")
        }
    }

    /// The pin of the certificate in use.
    var pin: String? { CertificatePin.of(current.withLock { $0.chain.first }) }

    /// What the listener is configured with; it keeps asking this object.
    var configuration: TLSConfiguration {
        let pair = current.withLock { $0 }
        var configuration = Self.configuration(pair)
        if files.clientAuthority != nil {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(authorities)
            configuration.sendCANameList = true
        }
        configuration.sslContextCallback = { [self] _, promise in
            let pair = current.withLock { $0 }
            var changes = NIOSSLContextConfigurationOverride()
            changes.certificateChain = pair.chain.map { .certificate($0) }
            changes.privateKey = .privateKey(pair.key)
            promise.succeed(changes)
        }
        return configuration
    }

    /// Looks whether the files have changed, and takes what they hold now.
    func refresh() -> ServerControls.CertificateRefresh {
        let stamps = Self.stamps(files)
        guard current.withLock({ $0.stamps != stamps }) else { return .unchanged }
        guard let pair = try? Self.load(files), (try? NIOSSLContext(configuration: Self.configuration(pair))) != nil
        else { return .unusable }
        current.withLock { $0 = pair }
        return .replaced
    }

    private static func configuration(_ pair: Pair) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: pair.chain.map { .certificate($0) }, privateKey: .privateKey(pair.key))
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }

    private static func load(_ files: TLSFiles) throws(ServerError) -> Pair {
        // The stamps first: a file that changes while it is read is read again.
        let stamps = stamps(files)
        let chain = try certificates(files.certificate)
        var status = stat()
        guard stat(files.key, &status) == 0 else {
            throw ServerError(unusable: files.key, because: "it is not there", remedy: Self.making)
        }
        guard status.st_mode & 0o007 == 0 else {
            throw ServerError(
                unusable: files.key, because: "everybody on this machine may read it",
                remedy: "Run: chmod 600 \(files.key)")
        }
        do {
            return Pair(chain: chain, key: try NIOSSLPrivateKey(file: files.key, format: .pem), stamps: stamps)
        } catch {
            throw ServerError(
                unusable: files.key, because: "it holds no key in PEM without a passphrase", remedy: Self.making)
        }
    }

    private static func certificates(_ path: String) throws(ServerError) -> [NIOSSLCertificate] {
        guard let found = try? NIOSSLCertificate.fromPEMFile(path), !found.isEmpty else {
            throw ServerError(unusable: path, because: "it holds no certificate in PEM", remedy: Self.making)
        }
        return found
    }

    private static let making = "Check the path and who may read it, or make a pair with “bluewire tls init”."

    private static func stamps(_ files: TLSFiles) -> [FileStamp] { [files.certificate, files.key].map(FileStamp.init) }
}

/// What changes when a file does.
private struct FileStamp: Hashable {
    private var inode: UInt64 = 0
    private var size: Int64 = 0
    private var seconds: Int = 0
    private var nanoseconds: Int = 0

    init(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        #if canImport(Darwin)
            let changed = status.st_mtimespec
        #else
            let changed = status.st_mtim
        #endif
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        seconds = Int(changed.tv_sec)
        nanoseconds = Int(changed.tv_nsec)
    }
}
