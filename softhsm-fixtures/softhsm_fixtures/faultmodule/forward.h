/* The functions that are handed on as they are, and the list of all functions.
 *
 * FORWARD(KIND, FUNCTION, FIRST, PARAMETERS, ARGUMENTS) is defined by the file that includes this. */

FORWARD(slot, C_GetMechanismList, slot,
        (CK_SLOT_ID slot, CK_MECHANISM_TYPE *mechanism_list, CK_ULONG *count),
        (slot, mechanism_list, count))
FORWARD(slot, C_GetMechanismInfo, slot,
        (CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info),
        (slot, type, info))
FORWARD(slot, C_InitToken, slot,
        (CK_SLOT_ID slot, CK_BYTE *pin, CK_ULONG pin_len, CK_BYTE *label),
        (slot, pin, pin_len, label))
FORWARD(session, C_InitPIN, session,
        (CK_SESSION_HANDLE session, CK_BYTE *pin, CK_ULONG pin_len),
        (session, pin, pin_len))
FORWARD(session, C_SetPIN, session,
        (CK_SESSION_HANDLE session, CK_BYTE *old_pin, CK_ULONG old_len, CK_BYTE *new_pin,
         CK_ULONG new_len),
        (session, old_pin, old_len, new_pin, new_len))
FORWARD(session, C_CloseSession, session,
        (CK_SESSION_HANDLE session),
        (session))
FORWARD(slot, C_CloseAllSessions, slot,
        (CK_SLOT_ID slot),
        (slot))
FORWARD(session, C_GetSessionInfo, session,
        (CK_SESSION_HANDLE session, CK_SESSION_INFO *info),
        (session, info))
FORWARD(session, C_GetOperationState, session,
        (CK_SESSION_HANDLE session, CK_BYTE *operation_state, CK_ULONG *operation_state_len),
        (session, operation_state, operation_state_len))
FORWARD(session, C_SetOperationState, session,
        (CK_SESSION_HANDLE session, CK_BYTE *operation_state, CK_ULONG operation_state_len,
         CK_OBJECT_HANDLE encryption_key, CK_OBJECT_HANDLE authentication_key),
        (session, operation_state, operation_state_len, encryption_key, authentication_key))
FORWARD(session, C_Logout, session,
        (CK_SESSION_HANDLE session),
        (session))
FORWARD(session, C_CreateObject, session,
        (CK_SESSION_HANDLE session, CK_ATTRIBUTE *attributes, CK_ULONG count,
         CK_OBJECT_HANDLE *object),
        (session, attributes, count, object))
FORWARD(session, C_CopyObject, session,
        (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *attributes,
         CK_ULONG count, CK_OBJECT_HANDLE *new_object),
        (session, object, attributes, count, new_object))
FORWARD(session, C_DestroyObject, session,
        (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object),
        (session, object))
FORWARD(session, C_GetObjectSize, session,
        (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ULONG *size),
        (session, object, size))
FORWARD(session, C_SetAttributeValue, session,
        (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *attributes,
         CK_ULONG count),
        (session, object, attributes, count))
FORWARD(session, C_FindObjectsFinal, session,
        (CK_SESSION_HANDLE session),
        (session))
FORWARD(session, C_EncryptInit, session,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),
        (session, mechanism, key))
FORWARD(session, C_Encrypt, session,
        (CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG data_len, CK_BYTE *encrypted_data,
         CK_ULONG *encrypted_data_len),
        (session, data, data_len, encrypted_data, encrypted_data_len))
FORWARD(session, C_EncryptUpdate, session,
        (CK_SESSION_HANDLE session, CK_BYTE *part, CK_ULONG part_len, CK_BYTE *encrypted_part,
         CK_ULONG *encrypted_part_len),
        (session, part, part_len, encrypted_part, encrypted_part_len))
FORWARD(session, C_EncryptFinal, session,
        (CK_SESSION_HANDLE session, CK_BYTE *last_encrypted_part,
         CK_ULONG *last_encrypted_part_len),
        (session, last_encrypted_part, last_encrypted_part_len))
FORWARD(session, C_DecryptInit, session,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),
        (session, mechanism, key))
FORWARD(session, C_Decrypt, session,
        (CK_SESSION_HANDLE session, CK_BYTE *encrypted_data, CK_ULONG encrypted_data_len,
         CK_BYTE *data, CK_ULONG *data_len),
        (session, encrypted_data, encrypted_data_len, data, data_len))
FORWARD(session, C_DecryptUpdate, session,
        (CK_SESSION_HANDLE session, CK_BYTE *encrypted_part, CK_ULONG encrypted_part_len,
         CK_BYTE *part, CK_ULONG *part_len),
        (session, encrypted_part, encrypted_part_len, part, part_len))
FORWARD(session, C_DecryptFinal, session,
        (CK_SESSION_HANDLE session, CK_BYTE *last_part, CK_ULONG *last_part_len),
        (session, last_part, last_part_len))
FORWARD(session, C_DigestInit, session,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism),
        (session, mechanism))
FORWARD(session, C_Digest, session,
        (CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG data_len, CK_BYTE *digest,
         CK_ULONG *digest_len),
        (session, data, data_len, digest, digest_len))
FORWARD(session, C_DigestUpdate, session,
        (CK_SESSION_HANDLE session, CK_BYTE *part, CK_ULONG part_len),
        (session, part, part_len))
FORWARD(session, C_DigestKey, session,
        (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key),
        (session, key))
FORWARD(session, C_DigestFinal, session,
        (CK_SESSION_HANDLE session, CK_BYTE *digest, CK_ULONG *digest_len),
        (session, digest, digest_len))
FORWARD(session, C_SignInit, session,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),
        (session, mechanism, key))
FORWARD(session, C_SignRecoverInit, session,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),
        (session, mechanism, key))
FORWARD(session, C_SignRecover, session,
        (CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG data_len, CK_BYTE *signature,
         CK_ULONG *signature_len),
        (session, data, data_len, signature, signature_len))
FORWARD(session, C_VerifyInit, session,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),
        (session, mechanism, key))
FORWARD(session, C_Verify, session,
        (CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG data_len, CK_BYTE *signature,
         CK_ULONG signature_len),
        (session, data, data_len, signature, signature_len))
FORWARD(session, C_VerifyUpdate, session,
        (CK_SESSION_HANDLE session, CK_BYTE *part, CK_ULONG part_len),
        (session, part, part_len))
FORWARD(session, C_VerifyFinal, session,
        (CK_SESSION_HANDLE session, CK_BYTE *signature, CK_ULONG signature_len),
        (session, signature, signature_len))
FORWARD(session, C_VerifyRecoverInit, session,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),
        (session, mechanism, key))
FORWARD(session, C_VerifyRecover, session,
        (CK_SESSION_HANDLE session, CK_BYTE *signature, CK_ULONG signature_len, CK_BYTE *data,
         CK_ULONG *data_len),
        (session, signature, signature_len, data, data_len))
FORWARD(session, C_DigestEncryptUpdate, session,
        (CK_SESSION_HANDLE session, CK_BYTE *part, CK_ULONG part_len, CK_BYTE *encrypted_part,
         CK_ULONG *encrypted_part_len),
        (session, part, part_len, encrypted_part, encrypted_part_len))
FORWARD(session, C_DecryptDigestUpdate, session,
        (CK_SESSION_HANDLE session, CK_BYTE *encrypted_part, CK_ULONG encrypted_part_len,
         CK_BYTE *part, CK_ULONG *part_len),
        (session, encrypted_part, encrypted_part_len, part, part_len))
FORWARD(session, C_SignEncryptUpdate, session,
        (CK_SESSION_HANDLE session, CK_BYTE *part, CK_ULONG part_len, CK_BYTE *encrypted_part,
         CK_ULONG *encrypted_part_len),
        (session, part, part_len, encrypted_part, encrypted_part_len))
FORWARD(session, C_DecryptVerifyUpdate, session,
        (CK_SESSION_HANDLE session, CK_BYTE *encrypted_part, CK_ULONG encrypted_part_len,
         CK_BYTE *part, CK_ULONG *part_len),
        (session, encrypted_part, encrypted_part_len, part, part_len))
FORWARD(session, C_GenerateKey, session,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *attributes,
         CK_ULONG count, CK_OBJECT_HANDLE *key),
        (session, mechanism, attributes, count, key))
FORWARD(session, C_GenerateKeyPair, session,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public_key_template,
         CK_ULONG public_key_attribute_count, CK_ATTRIBUTE *private_key_template,
         CK_ULONG private_key_attribute_count, CK_OBJECT_HANDLE *public_key,
         CK_OBJECT_HANDLE *private_key),
        (session, mechanism, public_key_template, public_key_attribute_count, private_key_template,
         private_key_attribute_count, public_key, private_key))
FORWARD(session, C_WrapKey, session,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE wrapping_key,
         CK_OBJECT_HANDLE key, CK_BYTE *wrapped_key, CK_ULONG *wrapped_key_len),
        (session, mechanism, wrapping_key, key, wrapped_key, wrapped_key_len))
FORWARD(session, C_UnwrapKey, session,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE unwrapping_key,
         CK_BYTE *wrapped_key, CK_ULONG wrapped_key_len, CK_ATTRIBUTE *attributes,
         CK_ULONG attribute_count, CK_OBJECT_HANDLE *key),
        (session, mechanism, unwrapping_key, wrapped_key, wrapped_key_len, attributes,
         attribute_count, key))
FORWARD(session, C_DeriveKey, session,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base_key,
         CK_ATTRIBUTE *attributes, CK_ULONG attribute_count, CK_OBJECT_HANDLE *key),
        (session, mechanism, base_key, attributes, attribute_count, key))
FORWARD(session, C_SeedRandom, session,
        (CK_SESSION_HANDLE session, CK_BYTE *seed, CK_ULONG seed_len),
        (session, seed, seed_len))
FORWARD(session, C_GenerateRandom, session,
        (CK_SESSION_HANDLE session, CK_BYTE *random_data, CK_ULONG random_len),
        (session, random_data, random_len))
FORWARD(session, C_GetFunctionStatus, session,
        (CK_SESSION_HANDLE session),
        (session))
FORWARD(session, C_CancelFunction, session,
        (CK_SESSION_HANDLE session),
        (session))

#define ALL_FUNCTIONS(DO) \
    DO(C_Initialize) DO(C_Finalize) DO(C_GetInfo) DO(C_GetSlotList) DO(C_GetSlotInfo) \
    DO(C_GetTokenInfo) DO(C_WaitForSlotEvent) DO(C_GetMechanismList) DO(C_GetMechanismInfo) \
    DO(C_InitToken) DO(C_InitPIN) DO(C_SetPIN) DO(C_OpenSession) DO(C_CloseSession) \
    DO(C_CloseAllSessions) DO(C_GetSessionInfo) DO(C_GetOperationState) DO(C_SetOperationState) \
    DO(C_Login) DO(C_Logout) DO(C_CreateObject) DO(C_CopyObject) DO(C_DestroyObject) \
    DO(C_GetObjectSize) DO(C_GetAttributeValue) DO(C_SetAttributeValue) DO(C_FindObjectsInit) \
    DO(C_FindObjects) DO(C_FindObjectsFinal) DO(C_EncryptInit) DO(C_Encrypt) DO(C_EncryptUpdate) \
    DO(C_EncryptFinal) DO(C_DecryptInit) DO(C_Decrypt) DO(C_DecryptUpdate) DO(C_DecryptFinal) \
    DO(C_DigestInit) DO(C_Digest) DO(C_DigestUpdate) DO(C_DigestKey) DO(C_DigestFinal) \
    DO(C_SignInit) DO(C_Sign) DO(C_SignUpdate) DO(C_SignFinal) DO(C_SignRecoverInit) \
    DO(C_SignRecover) DO(C_VerifyInit) DO(C_Verify) DO(C_VerifyUpdate) DO(C_VerifyFinal) \
    DO(C_VerifyRecoverInit) DO(C_VerifyRecover) DO(C_DigestEncryptUpdate) \
    DO(C_DecryptDigestUpdate) DO(C_SignEncryptUpdate) DO(C_DecryptVerifyUpdate) \
    DO(C_GenerateKey) DO(C_GenerateKeyPair) DO(C_WrapKey) DO(C_UnwrapKey) DO(C_DeriveKey) \
    DO(C_SeedRandom) DO(C_GenerateRandom) DO(C_GetFunctionStatus) DO(C_CancelFunction)
