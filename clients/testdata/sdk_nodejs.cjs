// The flows of sdk-nodejs, one a name: node sdk_nodejs.cjs NAME. Each ends with an error if what
// comes back is not what it should be; the test that runs it looks into the cloud.
'use strict';

const assert = require('node:assert/strict');
const sdk = require('@ionos-cloud/sdk-nodejs');
const { waitForRequest } = require('@ionos-cloud/sdk-nodejs/dist/api/wait-for-request');

const config = sdk.Configuration.fromEnv();
const um = new sdk.UserManagementApi(config);
const requests = new sdk.RequestsApi(config);

const person = { firstname: 'Ada', lastname: 'Byron', email: 'ada@example.test', administrator: false, forceSecAuth: false, active: true };
const nobody = '00000000-0000-4000-8000-000000000000';

// done waits for an accepted change as the package does.
async function done(response) {
  assert.equal(response.status, 202);
  const status = await waitForRequest(config, response.headers.location);
  assert.equal(status.data.metadata.status, 'DONE');
  return response.data;
}

async function rejected(call, status) {
  await assert.rejects(call, (error) => {
    assert.equal(error.response?.status, status, String(error));
    assert.ok(error.response.data.messages.length > 0);
    return true;
  });
}

const createUser = async (changes) => done(await um.umUsersPost({ user: { properties: { ...person, password: 'correct-horse-1', ...changes } } }));
const createGroup = async (name) => done(await um.umGroupsPost({ group: { properties: { name, createDataCenter: true } } }));

async function createDatacenter() {
  const api = new sdk.DataCentersApi(config);
  return done(await api.datacentersPost({ datacenter: { properties: { name: 'dc', location: 'de/txl' } } }));
}

const flows = {
  async 'create and read a user'() {
    const { id } = await createUser();
    const { data } = await um.umUsersFindById({ userId: id, depth: 1 });
    assert.equal(data.properties.lastname, 'Byron');
    assert.ok(Date.parse(data.metadata.createdDate));
    assert.equal(data.properties.password, undefined);
  },
  async 'read a user at depth 5'() {
    const { id } = await createUser();
    const { data } = await um.umUsersFindById({ userId: id, depth: 5 });
    assert.equal(data.properties.firstname, 'Ada');
  },
  async 'list users in pages'() {
    for (const n of [1, 2, 3]) await createUser({ email: `u${n}@example.test` });
    const seen = [];
    for (let offset = 0; ; offset += 2) {
      const { data } = await um.umUsersGet({ depth: 1, limit: 2, offset });
      seen.push(...data.items.map((user) => user.properties.email));
      if (data.items.length < 2) break;
    }
    assert.deepEqual(seen.filter((email) => email.startsWith('u')).sort(), ['u1@example.test', 'u2@example.test', 'u3@example.test']);
  },
  async 'find a user by email'() {
    await createUser();
    await createUser({ email: 'bob@example.test', firstname: 'Bob' });
    const { data } = await um.umUsersGet({ depth: 1, filters: { email: 'bob@example.test' } });
    assert.deepEqual(data.items.map((user) => user.properties.firstname), ['Bob']);
  },
  async 'update a user'() {
    const { id } = await createUser();
    await done(await um.umUsersPut({ userId: id, user: { properties: { ...person, lastname: 'Lovelace', forceSecAuth: true } } }));
    const { data } = await um.umUsersFindById({ userId: id });
    assert.equal(data.properties.lastname, 'Lovelace');
  },
  async 'delete a user'() {
    const { id } = await createUser();
    await done(await um.umUsersDelete({ userId: id }));
    await rejected(() => um.umUsersFindById({ userId: id }), 404);
  },
  async 'an email that is taken'() {
    await createUser();
    await rejected(() => um.umUsersPost({ user: { properties: { ...person, password: 'correct-horse-1' } } }), 422);
  },
  async 'a user without a last name'() {
    await rejected(() => um.umUsersPost({ user: { properties: { firstname: 'Ada', email: 'ada@example.test', password: 'correct-horse-1' } } }), 422);
  },
  async 'a user that does not exist'() {
    await rejected(() => um.umUsersFindById({ userId: nobody }), 404);
  },
  async 'create, read, update, list and delete a group'() {
    const { id } = await createGroup('engineers');
    await done(await um.umGroupsPut({ groupId: id, group: { properties: { name: 'engineering', createDataCenter: true, reserveIp: true } } }));
    const { data } = await um.umGroupsFindById({ groupId: id });
    assert.deepEqual([data.properties.name, data.properties.createDataCenter, data.properties.reserveIp], ['engineering', true, true]);
    const list = await um.umGroupsGet({ depth: 1 });
    assert.deepEqual(list.data.items.map((group) => group.id), [id]);
    await done(await um.umGroupsDelete({ groupId: id }));
    await rejected(() => um.umGroupsFindById({ groupId: id }), 404);
  },
  async 'add, list and remove a member'() {
    const user = await createUser();
    const { id } = await createGroup('engineers');
    await done(await um.umGroupsUsersPost({ groupId: id, user: { id: user.id } }));
    const members = await um.umGroupsUsersGet({ groupId: id, depth: 1 });
    assert.deepEqual(members.data.items.map((member) => member.properties.email), ['ada@example.test']);
    const groups = await um.umUsersGroupsGet({ userId: user.id, depth: 1 });
    assert.deepEqual(groups.data.items.map((group) => group.id), [id]);
    await done(await um.umGroupsUsersDelete({ groupId: id, userId: user.id }));
    assert.deepEqual((await um.umGroupsUsersGet({ groupId: id })).data.items, []);
  },
  async 'share a datacenter'() {
    const datacenter = await createDatacenter();
    const { id } = await createGroup('engineers');
    const share = { groupId: id, resourceId: datacenter.id };
    await done(await um.umGroupsSharesPost({ ...share, resource: { properties: { editPrivilege: true, sharePrivilege: false } } }));
    await done(await um.umGroupsSharesPut({ ...share, resource: { properties: { editPrivilege: true, sharePrivilege: true } } }));
    const { data } = await um.umGroupsSharesFindByResourceId(share);
    assert.deepEqual([data.properties.editPrivilege, data.properties.sharePrivilege], [true, true]);
    assert.equal((await um.umGroupsSharesGet({ groupId: id, depth: 1 })).data.items.length, 1);
    assert.equal((await um.umGroupsResourcesGet({ groupId: id, depth: 1 })).data.items[0].id, datacenter.id);
    await done(await um.umGroupsSharesDelete(share));
    await rejected(() => um.umGroupsSharesFindByResourceId(share), 404);
  },
  async 'resources by type and by id'() {
    const datacenter = await createDatacenter();
    const all = await um.umResourcesGet({ depth: 1 });
    assert.ok(all.data.items.some((resource) => resource.id === datacenter.id));
    const typed = await um.umResourcesFindByType({ resourceType: 'datacenter', depth: 1 });
    assert.deepEqual(typed.data.items.map((resource) => resource.properties.name), ['dc']);
    const { data } = await um.umResourcesFindByTypeAndId({ resourceType: 'datacenter', resourceId: datacenter.id });
    assert.equal(data.properties.name, 'dc');
    await rejected(() => um.umResourcesFindByTypeAndId({ resourceType: 'datacenter', resourceId: nobody }), 404);
  },
  async 'what a user owns'() {
    const { data } = await um.umUsersOwnsGet({ userId: process.env.OWNER, depth: 1 });
    assert.deepEqual(data.items.map((resource) => resource.properties.name), ['hers']);
  },
  async 'create, read, update, list and delete an S3 key'() {
    const user = await createUser();
    const keys = new sdk.UserS3KeysApi(config);
    const created = await keys.umUsersS3keysPost({ userId: user.id });
    assert.ok(created.data.properties.secretKey);
    const key = { userId: user.id, keyId: created.data.id };
    const put = await keys.umUsersS3keysPut({ ...key, s3Key: { properties: { active: false } } });
    assert.ok([200, 202].includes(put.status));
    assert.equal((await keys.umUsersS3keysFindByKeyId(key)).data.properties.active, false);
    assert.deepEqual((await keys.umUsersS3keysGet({ userId: user.id, depth: 1 })).data.items.map((one) => one.id), [key.keyId]);
    await keys.umUsersS3keysDelete(key);
    await rejected(() => keys.umUsersS3keysFindByKeyId(key), 404);
  },
  async 'the URL of the object storage console'() {
    const user = await createUser();
    const { data } = await new sdk.UserS3KeysApi(config).umUsersS3ssourlGet({ userId: user.id });
    assert.ok(data.ssoUrl);
  },
  async 'list, read and follow requests'() {
    const response = await um.umUsersPost({ user: { properties: { ...person, password: 'correct-horse-1' } } });
    const [, requestId] = /requests\/([^/]+)\/status$/.exec(response.headers.location);
    await done(response);
    const status = await requests.requestsStatusGet({ requestId });
    assert.equal(status.data.metadata.targets.length > 0, true);
    const { data } = await requests.requestsFindById({ requestId });
    assert.equal(data.properties.method, 'POST');
    const list = await requests.requestsGet({ depth: 1 });
    assert.ok(list.data.items.some((request) => request.id === requestId));
    await rejected(() => requests.requestsFindById({ requestId: nobody }), 404);
  },
  async 'a request that fails'() {
    const response = await um.umUsersPost({ user: { properties: { ...person, password: 'correct-horse-1' } } });
    const status = await waitForRequest(config, response.headers.location);
    assert.equal(status.data.metadata.status, 'FAILED');
    assert.equal(status.data.metadata.message, 'no room left');
  },
  async 'read the contract'() {
    const { data } = await new sdk.ContractResourcesApi(config).contractsGet({ depth: 1 });
    const [contract] = data.items ?? [data];
    assert.ok(contract.properties.contractNumber > 0);
    assert.ok(contract.properties.owner);
  },
  async 'log in with a password'() {
    const basic = new sdk.Configuration({ username: process.env.LOGIN, password: process.env.PASSWORD, basePath: process.env.IONOS_API_URL });
    assert.equal((await new sdk.UserManagementApi(basic).umUsersGet()).status, 200);
  },
  async 'a wrong token'() {
    const wrong = new sdk.Configuration({ apiKey: 'wrong', basePath: process.env.IONOS_API_URL });
    await rejected(() => new sdk.UserManagementApi(wrong).umUsersGet(), 401);
  },
  async 'retry after 429'() {
    assert.equal((await um.umUsersGet()).status, 200);
  },
};

const name = process.argv[2];
if (name === '--list') {
  console.log(JSON.stringify(Object.keys(flows)));
} else {
  flows[name]().catch((error) => {
    const body = error.response ? `\n${error.response.status} ${JSON.stringify(error.response.data)}` : '';
    console.error((error.stack ?? error) + body);
    process.exitCode = 1;
  });
}
